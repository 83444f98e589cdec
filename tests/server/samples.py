# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the sample mail: people, conversations, languages, newsletters, oddities.

All of it is made up; the domains are those reserved for examples.
"""

ALICE = ("Alice Example", "alice@example.org")

PEOPLE = [
    ("Bob Miller", "bob@example.org"),
    ("Carol Jensen", "carol@example.org"),
    ("Dave O'Neill", "dave@example.org"),
    ("Erin Novák", "erin@example.org"),
    ("Frank Øster", "frank@example.org"),
    ("Grace Okafor", "grace@example.com"),
    ("Heidi Brandt", "heidi@example.net"),
    ("Ivan Petrov", "ivan@example.com"),
    ("Jürgen Groß", "juergen@example.net"),
    ("Käthe Müller", "kaethe@example.net"),
    ("Lucía Fernández", "lucia@example.com"),
    ("Mallory", "mallory@example.com"),
]

# (subject, [(sender's index or -1 for Alice, text)...]); a reply quotes what it answers.
THREADS = [
    ("Harbour walk on Saturday", [
        (0, "The forecast for Saturday looks dry at last. Shall we walk the harbour loop and\n"
            "have lunch at the lock? It is about 12 km, mostly flat.\n"),
        (1, "I am in. Can we start at ten rather than nine? The early tram does not run at\n"
            "weekends.\n"),
        (-1, "Ten is fine with me. I bring the map and the thermos.\n"),
        (2, "Count me in for lunch at least, my knee is not up to 12 km yet.\n"),
        (0, "Then we meet at ten at the swing bridge, and at one at the lock with Dave.\n"),
        (1, "Perfect. See you there!\n"),
    ]),
    ("Budget for the reading room", [
        (5, "Attached to the minutes you find the three offers for the shelves. The cheapest\n"
            "one does not include mounting, so the second is the better deal over all.\n\n"
            "Could everybody have a look until Thursday?\n"),
        (-1, "Thank you for collecting these. I agree about the second offer. What about the\n"
             "lamps, are they still planned for this year?\n"),
        (5, "The lamps are in the same line of the budget. If we take the second offer there\n"
            "is room for eight of the twelve.\n"),
        (3, "Eight lamps would do: the four near the windows can wait.\n"),
    ]),
    ("Release checklist", [
        (7, "I went through the open points this morning. Left to do:\n\n"
            "  - translate the three new messages\n  - run the long tests on the slow machine\n"
            "  - write the notes\n\nI can take the tests.\n"),
        (-1, "I take the notes. Who speaks Polish?\n"),
        (3, "I do not, but Ewa does. I will ask her today.\n"),
        (7, "The long tests are through: 4 812 passed, 0 failed, 3 skipped.\n"),
        (-1, "The notes are done as well. Shall we tag it tomorrow morning?\n"),
        (7, "Tomorrow at nine. I will be there.\n"),
        (3, "Translations are in. Good to go from my side.\n"),
    ]),
    ("Piano for sale", [
        (6, "We are moving and cannot take the piano along. It was tuned in spring and wants\n"
            "a good home more than a good price. Do you know somebody?\n"),
        (-1, "My sister's school is looking for one! I forward this to her, if I may.\n"),
        (6, "Please do. It has to be out by the end of the month.\n"),
    ]),
    ("Notes from the workshop", [
        (4, "Here is what I wrote down, in no special order. Correct me where I misheard.\n\n"
            "1. Readers want to see first what is new, then what is important.\n"
            "2. Nobody reads the manual, everybody asks the neighbour.\n"
            "3. Speed counts as a feature.\n"),
        (0, "About 2: that is why the neighbour should be on the screen.\n"),
        (4, "That sentence goes onto the poster.\n"),
        (-1, "I would put number 3 first. But yes, a good summary, thank you!\n"),
    ]),
]

# (subject, sender's name, address, text, charset to write it in)
LANGUAGES = [
    ("Grüße aus Köln – schönes Wetter", "Jürgen Groß", "juergen@example.net",
     "Liebe Alice,\n\nüber den Dächern liegt noch Nebel, aber die Züge fahren pünktlich.\n"
     "Größere Änderungen am Fahrplan gibt es erst im Dezember.\n\nHerzliche Grüße\nJürgen\n",
     "iso-8859-1"),
    ("Réunion reportée à jeudi", "Hélène Dubois", "helene@example.com",
     "Bonjour Alice,\n\nla réunion est reportée à jeudi, même heure, même salle. L'ordre du jour\n"
     "reste inchangé ; merci de préparer les chiffres de l'été.\n\nÀ bientôt\nHélène\n",
     "iso-8859-15"),
    ("¿Vienes a la fiesta de otoño?", "Lucía Fernández", "lucia@example.com",
     "Hola Alice:\n\n¿vienes el sábado? Habrá música, tortilla y mucha gente que hace años que no\n"
     "vemos. ¡Trae a quien quieras!\n\nUn abrazo\nLucía\n", "utf-8"),
    ("Zaproszenie na otwarcie wystawy", "Ewa Wiśniewska", "ewa@example.com",
     "Droga Alicjo,\n\nserdecznie zapraszam na otwarcie wystawy w piątek o osiemnastej. Będzie też\n"
     "źródło dobrej kawy.\n\nPozdrawiam\nEwa\n", "iso-8859-2"),
    ("Расписание на следующую неделю", "Иван Петров", "ivan@example.com",
     "Здравствуй, Алиса!\n\nПосылаю расписание на следующую неделю. Во вторник начинаем позже,\n"
     "в пятницу заканчиваем раньше.\n\nИван\n", "koi8-r"),
    ("Πρόσκληση σε γεύμα", "Ελένη Παππά", "eleni@example.com",
     "Αγαπητή Αλίκη,\n\nσε περιμένουμε την Κυριακή για φαγητό. Θα είναι και η γιαγιά!\n\nΕλένη\n",
     "iso-8859-7"),
    ("会議の日程について", "山田 花子", "hanako@example.com",
     "アリス様\n\nいつもお世話になっております。\n来週の会議の日程をお知らせします。\n"
     "火曜日の午前十時から、第三会議室です。\n\nよろしくお願いいたします。\n山田\n", "iso-2022-jp"),
    ("关于下周的安排", "王小明", "xiaoming@example.com",
     "爱丽丝，你好：\n\n下周一的讨论改到周三下午三点，地点不变。请提前看一下附上的提纲。\n\n谢谢！\n王小明\n",
     "gb18030"),
    ("다음 주 일정 안내", "김민지", "minji@example.com",
     "앨리스 님 안녕하세요.\n\n다음 주 수요일 오후 두 시에 회의가 있습니다. 장소는 3층입니다.\n\n감사합니다.\n김민지\n",
     "euc-kr"),
    ("موعد الاجتماع القادم", "ليلى حسن", "layla@example.com",
     "مرحباً أليس،\n\nسيكون الاجتماع القادم يوم الأربعاء في الساعة العاشرة صباحاً.\n"
     "يرجى تأكيد الحضور على الرقم 555-0123.\n\nمع أطيب التحيات\nليلى\n", "utf-8"),
    ("הזמנה לקונצרט", "נועה לוי", "noa@example.com",
     "שלום אליס,\n\nיש לי שני כרטיסים לקונצרט ביום חמישי בשעה 20:00. רוצה לבוא?\n\nנועה\n",
     "iso-8859-8"),
    ("अगले सप्ताह की बैठक", "अनिता शर्मा", "anita@example.com",
     "प्रिय ऐलिस,\n\nअगले सप्ताह की बैठक बुधवार को सुबह दस बजे होगी। कृपया समय पर आएँ।\n\nधन्यवाद\nअनिता\n",
     "utf-8"),
    ("แจ้งกำหนดการประชุม", "สมชาย ใจดี", "somchai@example.com",
     "เรียนคุณอลิซ\n\nการประชุมจะมีขึ้นในวันพุธหน้า เวลาสิบโมงเช้า ที่ห้องประชุมสอง\n\nขอบคุณครับ\nสมชาย\n",
     "tis-620"),
    ("Đổi lịch họp tuần sau", "Nguyễn Thị Lan", "lan@example.com",
     "Chào Alice,\n\ncuộc họp tuần sau được dời sang thứ năm lúc chín giờ sáng. Nhớ mang theo bản vẽ\nnhé!\n\nLan\n",
     "utf-8"),
    ("İstanbul'dan çok selam", "Ayşe Yılmaz", "ayse@example.com",
     "Sevgili Alice,\n\nşehir güneşli, vapurlar dolu, çay sıcak. Gelecek hafta dönüyorum.\n\nAyşe\n",
     "iso-8859-9"),
    ("Party 🎉 am Freitag? 👩‍👩‍👧‍👦🏳️‍🌈", "Mia 🌻 Sommer", "mia@example.net",
     "Hey Alice 👋🏽\n\nFreitag ab acht, bring 🍰 mit! Kinder 👨‍👩‍👧 willkommen, Hund 🐕‍🦺 auch.\n\n❤️ Mia\n",
     "utf-8"),
]

# (list id, list name, sender, subject prefix, topics)
NEWSLETTERS = [
    ("weekly.gardens.example.com", "The Garden Weekly", "news@gardens.example.com",
     ["What to plant in the cold months", "Seven ways to prune a pear tree",
      "The tomato that came back", "Compost, and what not to put on it"]),
    ("announce.rails.example.net", "Night Train News", "newsletter@rails.example.net",
     ["New sleeper to the coast", "Timetable change in December", "Winter fares are here"]),
    ("digest.maps.example.com", "Map Makers' Digest", "digest@maps.example.com",
     ["Contour lines done right", "Naming small streams", "The paper map survives"]),
]

# What arrives while one looks at the demo: (sender's name, address, subject, list, other fields).
ARRIVALS = [
    ("The Garden Weekly", "news@gardens.example.com", "The Garden Weekly: Bulbs for the impatient",
     "weekly.gardens.example.com", {}),
    ("Night Train News", "newsletter@rails.example.net", "Night Train News: A couch with a window",
     "announce.rails.example.net", {}),
    ("Power & Light", "billing@power.example.net", "Invoice 2024-1118", None, {"X_Priority": "2 (High)"}),
]

SALES = [
    ("Nur heute: 20 % auf alles ✂️", "Laden-Post", "shop@shop.example.com"),
    ("Your parcel is on its way 📦", "Parcel Service", "tracking@parcels.example.net"),
    ("Security alert: new sign-in from a terminal", "Account Team", "no-reply@accounts.example.com"),
    ("Invoice 2024-1017", "Power & Light", "billing@power.example.net"),
]

PATCHES = [
    ("[PATCH 0/2] reader: accept a literal at the end", None),
    ("[PATCH 1/2] reader: count what is left",
     "diff --git a/src/reader.c b/src/reader.c\nindex 83db48f..bf2a1c9 100644\n--- a/src/reader.c\n"
     "+++ b/src/reader.c\n@@ -41,9 +41,10 @@ reader_take(struct reader *reader, size_t wanted)\n"
     " \tif (wanted == 0)\n \t\treturn 0;\n \n-\tsize_t left = reader->end - reader->start;\n"
     "+\tsize_t left = reader_left(reader);\n+\n \tif (left < wanted)\n \t\treturn -1;\n"
     " \treader->start += wanted;\n"),
    ("[PATCH 2/2] reader: accept a literal at the end",
     "diff --git a/src/reader.c b/src/reader.c\nindex bf2a1c9..0c71e55 100644\n--- a/src/reader.c\n"
     "+++ b/src/reader.c\n@@ -77,7 +77,7 @@ reader_literal(struct reader *reader)\n"
     " {\n \tsize_t size = reader->literal;\n \n-\tif (size >= reader_left(reader))\n"
     "+\tif (size > reader_left(reader))\n \t\treturn READER_MORE;\n \n \treturn reader_copy(reader, size);\n"),
]

# Header lines as they stand, with what a hostile sender puts into them.
HOSTILE = [
    ("Subject: \x1b]0;owned\x07\x1b[31mred\x1b[2Jcleared?", "Escapes in the subject"),
    ("Subject: =?utf-8?q?=1B=5B5mblink=1B=5B0m_=C2=9B31mC1_control?=", "Encoded escapes"),
    ("Subject: =?utf-8?b?4oCuZ25wLnN0bmVtdWNvZCDigK0=?= =?utf-8?q?annual_report?=",
     "Direction overrides"),
    ("Subject: =?utf-8?q?line_one=0D=0ABcc=3A_victim=40example=2Ecom?=", "A header in a header"),
    ("Subject: =?no-such-charset//TRANSLIT?q?=80=81=82?= and =?utf-8?q?=FF=FE_broken?=",
     "Unknown and broken charsets"),
    ("Subject: " + "a=?utf-8?q?=CC=81=CC=82=CC=83=CC=84=CC=85=CC=86=CC=87=CC=88?=" * 6,
     "Many combining marks"),
    ("Subject: %s%n%d \\x1b[31m `id` $(id) ; rm -rf ~", "Formats and shell"),
]

WORDS = (
    "harbour morning letter window paper river garden winter question answer table light "
    "bridge station quiet number second travel market season report meeting project change "
    "version server folder simple careful result review summer coffee kitchen library music "
    "copper silver engine signal corner forest mountain island village teacher student doctor "
    "minute hour week month plan draft final early late north south east west open close begin "
    "finish build measure read write send receive answer listen follow carry"
).split()
