/** The surnames of some 97 in 100 people, after the 2020 national report on surnames and the Hundred Family Surnames. */
const SINGLE =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文施洪辛柯庄温牛樊葛邢安齐殷翟詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝骆路游靳欧辜管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辛羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由';
const COMPOUND = new Set(
  '欧阳 上官 皇甫 令狐 诸葛 司徒 司马 申屠 夏侯 贺兰 完颜 慕容 尉迟 长孙 东方 独孤 公孙 宇文 拓跋 南宫 端木 轩辕 百里 呼延 赫连 澹台 钟离 西门 闻人'.split(
    ' ',
  ),
);
const SURNAMES = new Set(SINGLE);

/** Characters of given names; a place, a ware or an office is rarely made of these alone. */
const GIVEN = new Set(
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文辉力健世广义兴良海山仁波宁贵福生龙元全国胜学祥才发武新利清飞彬富顺信子杰涛昌成康星光天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆磊民友裕河哲江超浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以建家致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘珍贞莉娣凤洁琳素云莲真环雪荣爱妹霞香月莺媛瑞凡佳嘉琼勤珠颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希欣飘育滢馥筠柔竹霭凝晓欢枫芸菲寒伊亚宜可姬舒影荔枝丽阳妮宝贝初程梵罡恒鸿桦骅剑娇纪宽苛灵玛媚琪晴容睿烁堂唯威韦雯苇萱阅彦宇雨洋忠宗曼紫逸贤蝶菡绿蓝儿翠烟小轩萌婷雅倩慧晶璐玲芬燕彩春菊芝蕾娴钰涵梓诗依語语桐沐妍熙宸昊烨煜皓铭俊豪凯峰斌锋鑫淼森焱垚晖昱晟炜炳煊钊铮锐镇锦钢铁柱栓根保长顺来喜旺财金银玉石山川水火土木春夏秋冬东南西北大二三小少老正方圆开展连立定守存远近高升起跃腾飞虎豹麟凤鹤雁鹃鸽燕静婉淑惠娥嫦姗娅婧妤姝媚嫣巧俏倚倬修伶佑佩侠俞倪儒允兆先光兵其典冬冲决凌凯列刘利劲勋勤化卓南博占卫印厚原双发叔台同名向君吉启吾呈周味咏品哲唐喆嘉囡图培基塔增墨声复外多夫奎奕奥妙妞姣娃婴孝孟季安宏宗宛宜宣室宪宾富寅实寿封射尊尔尚尧居屏岳岸峻崇川州工左巧巨师帅常平年幸庆庭康庚延开异弘强彤影彪徐德心必忆志快念怀思恒恩悌情惟愉意愫愿懿成戎房手才扬执承抒报拓振捷授掌描提援揽支政敏敦文斌斐新旋日旦旻旺昂昆昌明易昕星映昭是显晋晏晔晗景智暄曙曦书最月有朋望朗木本朵权来松极果柏柔柯柱柳栋树校桃桐桢梁梅梓梦楚楠榆榕槐槿樱欧欣歌正武毅民水永汉汝汶沁沅沈沛沙河治沿泉法泓波泰泳洁洪洲津流浅浒浦浪海涌涓润渊清渝温湘湛源溪滨漪潇潮澄澍激濂瀚炫点烈然煦照熊熠爱玄率玑玖玟玥玫珂珊珍珏珑珞珠班琅理琛琦琬琮瑄瑛瑜瑞瑶瑾璇璋璧瓊甜生用甫田甲男略登白百皎益盈盛盼真眸知石砚硕碧磊礼社祎祖祝神祥祯福禄禹秀秉秋科稀程穆空立竞童端竹笑笛筝筱简箫籽粒精素紫红纯纲纳纶绍经结统绣继绩维绮绯绵缘缨网罗美群羲翊翎翔翠翰翼耀老者耘耿联聪肃肇胜育胤能腾臣自致臻航艳艾节芃芊芙芮芯花苏苗若英茉茜茵荃草荣莎莘莹菀菱菲萍营萧萨蒙蓝蔓蔚蕙薛薇藜藻虹蜜行衍裕覃言誉诗诚诺谊谋谣谨谷豫贝贞贤赋赐赞赫起超越路轩辉辰达迅迎进远迪迺通逢逸道遥邦郁郎采重野量金鑫钦钧钰铃铎银锋锦锴长闯闲闻阔阳阿陆陶雁雄集雨雪雯霁霄霓霖露青靖静韩音韶韻顺颂领颐颖风飒飞香馥馨骁骄骏高魁魏鲁鸥鸾鸿鹃鹏鹤麒麓麟默黛鼎齐龄龙',
);

/** Endings of places, offices, shops and wares that begin like a surname. */
const NOT_A_NAME =
  /[区县市省镇乡村屯庄街路巷弄州盟旗局厅部委院校站店厂社场园馆楼山河江湖海岛桥港口城寨堡村组队所室科处司厨酒茶鱼肉米面油车机器]$/;

export interface NameCheck {
  /** Every character is one of names. */
  readonly strict: boolean;
  /** Begins with a surname and does not end like a place. */
  readonly loose: boolean;
}

/** Two to four characters that may be a person's name; double names such as 欧阳 count with two surname characters. */
export function checkName(value: string): NameCheck {
  const characters = [...value.replaceAll('·', '')];
  const no = { strict: false, loose: false };
  if (characters.length < 2 || characters.length > 4) return no;
  const double = COMPOUND.has(characters.slice(0, 2).join('')) && characters.length > 2;
  if (!double && (!SURNAMES.has(characters[0] ?? '') || characters.length > 3)) return no;
  const given = characters.slice(double ? 2 : 1);
  const loose = characters.length === 2 || !NOT_A_NAME.test(value) || given.every((c) => GIVEN.has(c));
  return { loose, strict: given.every((c) => GIVEN.has(c)) && !(characters.length === 2 && NOT_A_NAME.test(value)) };
}
