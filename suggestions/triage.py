"""The field a text is probably about: a suggestion for whoever triages, never a decision.

Counted words, title weighing three times the content. The words come from the eight fields themselves. Of 248 citizen
messages that people had labelled with one of seven fields, 77 % get their own (chance would be 14 %); the tables were
written with such messages in view, so expect somewhat less elsewhere. ``tests/suggestions/test_replay.py`` measures
it again where those messages are at hand.
"""

from __future__ import annotations

from suggestions.choices import Field

WORDS: dict[str, str] = {
    Field.EDUCATION: "学校 小学 中学 高中 初中 幼儿园 学生 教师 老师 教育 补课 招生 学位 学费 课后 校园 上学 入学 考试 高考 中考 培训班 "
    "体育 健身 足球 书屋 图书馆 文化 广场舞 文物 学院 大学 职校 放学 教学 班级 教材 辅导 学籍 校长 家长",
    Field.HEALTH: "医院 医生 卫生院 卫生室 看病 医保 药 门诊 住院 护士 疫苗 体检 计生 二胎 生育 独生子女 社会抚养费 医疗 卫生所 病历 手术 "
    "急救 新农合 再生育 计划生育 患者 治疗 医师 诊所 献血 防疫",
    Field.TRANSPORT: "公交 出租车 的士 地铁 红绿灯 道路 公路 车站 高速 堵车 拥堵 停车 交通 班车 桥 司机 滴滴 网约车 驾校 货车 超载 减速带 "
    "斑马线 客运 火车 站台 线路 通村路 路口 驾驶 快递 物流 轨道 国道 省道 县道 乘客 收费站",
    Field.CONSTRUCTION: "小区 物业 业主 开发商 房产证 拆迁 征地 棚改 自来水 供水 停水 路灯 下水道 井盖 违建 违章建筑 楼盘 住房 公租房 廉租房 房屋 "
    "规划 施工 电梯 燃气 天然气 公积金 危房 建房 城管 占道 绿化 排水 停电 供电 房子 老旧 改造 安置 购房 交房 质量 城市 公园 公厕",
    Field.ENVIRONMENT: "污染 环保 噪音 噪声 臭 废气 污水 排污 垃圾 扬尘 粉尘 河道 水源 油烟 养殖场 烟味 秸秆 环境 空气 化工厂 废水 焚烧 毒 辐射 "
    "采石 砂石 砍伐 刺鼻 异味 生态",
    Field.AGRICULTURE: "农田 种粮 小麦 玉米 灌溉 机井 水渠 土地流转 承包地 农业 农技 蔬菜 果树 种植 养殖户 病害 化肥 农药 合作社 收割 蓄水池 耕地 "
    "扶贫 乡村振兴 宅基地 粮食 农机 山药",
    Field.WELFARE: "工资 社保 养老 低保 退休 欠薪 拖欠 劳动 工伤 残疾 失业 就业 高龄 补贴 农民工 公务员 事业单位 编制 待遇 职称 保险 招聘 救助 "
    "五险 津贴 老人 抚恤 退伍 退役 军人 合同 职工 养老金 档案 下岗 人社 工龄 聘用 幸福院",
    Field.COMMERCE: "旅游 景区 门票 导游 酒店 宾馆 超市 市场 商户 商家 消费 传销 假货 食品 餐馆 经营 营业执照 价格 电商 集市 摊位 退款 投诉 公司 "
    "贷款 诈骗 集资 购物 会员 网购 客栈 景点 电信 宽带 移动 联通 彩票 商场 维权 小作坊 许可 销售 产品 保健品 直销 美容",
}
TABLE = {field: words.split() for field, words in WORDS.items()}
TITLE_WEIGHT = 3


def suggest_field(title: str, content: str = "") -> str:
    """A value of ``choices.Field``, or "" where no word is known."""
    scores = {
        field: sum(TITLE_WEIGHT * (word in title) + min(content.count(word), 3) for word in words)
        for field, words in TABLE.items()
    }
    best = max(scores, key=lambda field: scores[field])
    return best if scores[best] else ""
