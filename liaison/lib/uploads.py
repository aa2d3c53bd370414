def check_upload(f):
    raise NotImplementedError
