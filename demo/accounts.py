"""One log-in per seat, for trying the product. The password is for demo data only."""

PASSWORD = "Lianluo2026"

COUNTY_OFFICE = "xianban"
COUNTY_COLLEAGUE = "xianban2"
TOWNSHIP_OFFICE = "xuliang"
POINT_STAFF = "xuliangcun"
STUDIO_STAFF = "jiaoyu"
COUNTY_DEPARTMENT = "zhujianju"
TOWNSHIP_DEPARTMENT = "cunjian"
COUNTY_DEPUTY = "daibiao1"
TOWNSHIP_DEPUTY = "daibiao2"
OFFICER = "faguan"
OTHER_COUNTY = "yuzhou"
ADMIN = "admin"

LOGINS = [
    ("县人大代表工委（博爱县）", COUNTY_OFFICE, PASSWORD),
    ("县人大代表工委的同事（复核用）", COUNTY_COLLEAGUE, PASSWORD),
    ("乡镇人大（许良镇联络站）", TOWNSHIP_OFFICE, PASSWORD),
    ("村联络点（许良村）", POINT_STAFF, PASSWORD),
    ("代表工作室（教育）", STUDIO_STAFF, PASSWORD),
    ("县直承办单位（住房和城乡建设局）", COUNTY_DEPARTMENT, PASSWORD),
    ("镇直承办单位（许良镇村镇建设中心）", TOWNSHIP_DEPARTMENT, PASSWORD),
    ("县人大代表", COUNTY_DEPUTY, PASSWORD),
    ("乡镇人大代表", TOWNSHIP_DEPUTY, PASSWORD),
    ("驻站法官", OFFICER, PASSWORD),
    ("另一个县（禹州市人大代表工委）", OTHER_COUNTY, PASSWORD),
    ("技术管理员", ADMIN, PASSWORD),
]
