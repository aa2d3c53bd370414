from django.urls import path

from legislation.views import drafts, opinions

app_name = "legislation"

urlpatterns = [
    path("", drafts.listing, name="list"),
    path("new/", drafts.create, name="create"),
    path("<int:pk>/", drafts.draft, name="draft"),
    path("<int:pk>/edit/", drafts.edit, name="edit"),
    path("<int:pk>/publish/", drafts.publish, name="publish"),
    path("<int:pk>/take-back/", drafts.take_back, name="take_back"),
    path("<int:pk>/send-up/", drafts.send_up, name="send_up"),
    path("<int:pk>/conclude/", drafts.conclude, name="conclude"),
    path("<int:pk>/opinions.xlsx", drafts.gathered_xlsx, name="gathered_xlsx"),
    path("<int:pk>/opinions.docx", drafts.gathered_word, name="gathered_word"),
    path("<int:pk>/files/<int:file_id>/", drafts.material, name="material"),
    path("<int:pk>/give/", opinions.give, name="give"),
    path("opinions/<int:pk>/", opinions.opinion, name="opinion"),
    path("opinions/<int:pk>/merge/", opinions.merge, name="merge"),
    path("opinions/<int:pk>/unmerge/", opinions.unmerge, name="unmerge"),
    path("opinions/<int:pk>/set-aside/", opinions.set_aside, name="set_aside"),
    path("opinions/<int:pk>/take-in/", opinions.take_in, name="take_in"),
    path("opinions/<int:pk>/reveal/", opinions.reveal, name="reveal"),
    path("opinions/<int:pk>/erase/", opinions.erase_giver, name="erase_giver"),
    path("opinions/<int:pk>/mark/", opinions.mark, name="mark"),
]
