//! The words of a generated market: cities, names, trades and what their ads say. Data only.
//!
//! Whatever is changed here changes every generated market; `examples/market` must then be generated anew.

/// Places and how many of a thousand people live there.
pub(super) const CITIES: [(&str, usize); 16] = [
    ("Moscow", 300),
    ("Saint Petersburg", 160),
    ("Novosibirsk", 70),
    ("Yekaterinburg", 65),
    ("Kazan", 60),
    ("Nizhny Novgorod", 50),
    ("Chelyabinsk", 45),
    ("Krasnoyarsk", 45),
    ("Samara", 40),
    ("Ufa", 40),
    ("Rostov-on-Don", 35),
    ("Krasnodar", 30),
    ("Voronezh", 20),
    ("Сочи", 20),
    ("Тверь", 15),
    ("Великий Новгород", 5),
];

pub(super) const WOMEN: [&str; 16] = [
    "anna", "maria", "elena", "olga", "irina", "daria", "polina", "alisa", "vera", "nina", "sofia", "tatiana", "yulia", "ksenia", "lidia",
    "zoya",
];

pub(super) const MEN: [&str; 16] = [
    "ivan", "pavel", "dmitry", "sergey", "nikita", "artem", "maxim", "oleg", "roman", "timur", "egor", "boris", "kirill", "viktor", "gleb",
    "lev",
];

/// Ends of logins; reserved domains (RFC 2606), so that nobody's address is met by chance.
pub(super) const MAIL_HOSTS: [&str; 3] = ["example.com", "example.org", "example.net"];

/// A line of business, with what its advertisers are called and what their ads say.
pub(super) struct Trade {
    /// Names of advertisers.
    pub(super) names: [&'static str; 4],
    /// Titles and texts of ads.
    pub(super) ads: [(&'static str, &'static str); 4],
}

pub(super) const TRADES: [Trade; 10] = [
    Trade {
        names: ["Plush & Co", "Игрушечный двор", "Little Engine", "Кубики"],
        ads: [
            ("Plush bears", "Softer than yesterday's, and they do not mind being hugged twice."),
            ("A railway for the living room", "Forty metres of track, one very patient cat."),
            ("Конструктор на вырост", "Хватит на все выходные и ещё на понедельник."),
            ("Куклы ручной работы", "Каждую сшили один раз и больше не повторяли."),
        ],
    },
    Trade {
        names: ["North Roasters", "Зерно", "Morning Cup", "Чайная на углу"],
        ads: [
            ("Coffee roasted on Tuesday", "Ground on Wednesday, gone by Friday. Order today."),
            ("Two cups for one", "Bring a friend before eleven and pay for yours only."),
            ("Свежая обжарка", "Эфиопия, Кения и немного терпения бариста."),
            ("Чай на каждый вечер", "Десять сортов, чтобы пережить зиму."),
        ],
    },
    Trade {
        names: ["Volt", "Умный дом", "Pixel Works", "Техносфера"],
        ads: [
            ("A lamp that listens", "Say good night, and it does."),
            ("Headphones for open offices", "Thirty hours of silence on one charge."),
            ("Робот-пылесос", "Найдёт носок, который вы искали с марта."),
            ("Ноутбуки со скидкой", "До двадцати процентов на прошлогодние модели."),
        ],
    },
    Trade {
        names: ["Long Way Travel", "Тёплые края", "Window Seat", "Караван"],
        ads: [
            ("Weekend in Kazan", "Train there, train back, and two nights between them."),
            ("Night trains are back", "Fall asleep in one city, have breakfast in another."),
            ("Байкал зимой", "Лёд, баня и омуль: пять дней без уведомлений."),
            ("Море дешевле в сентябре", "Тёплая вода, пустой пляж, билеты вполцены."),
        ],
    },
    Trade {
        names: ["Second Wind", "Быстрее ветра", "Iron Garden", "Лыжная база"],
        ads: [
            ("Your first ten kilometres", "A plan of eight weeks and shoes that forgive."),
            ("A gym without mirrors", "Open at six. Nobody is looking."),
            ("Абонемент до лета", "Три месяца по цене двух, бассейн включён."),
            ("Лыжи напрокат", "Ботинки сушим, крепления настраиваем."),
        ],
    },
    Trade {
        names: ["Paper Harbour", "Книжная полка", "Margin Notes", "Буквоед и сын"],
        ads: [
            ("Three novels for the price of two", "The third one is for whoever finishes first."),
            ("Audiobooks for long roads", "Moscow to Samara is exactly one detective story."),
            ("Новинки недели", "То, о чём будут спорить в пятницу."),
            ("Детские книги с картинками", "Читать перед сном, пока не уснут родители."),
        ],
    },
    Trade {
        names: ["Linen House", "Шерсть и лён", "Plain Coat", "Петля"],
        ads: [
            ("Coats that outlive fashion", "Wool, horn buttons, and a pocket for a book."),
            ("Socks by subscription", "A new pair each month; the washing machine can keep the old ones."),
            ("Льняные рубашки", "Мнутся красиво."),
            ("Свитеры к первому снегу", "Вяжем в Вологде, согреваем везде."),
        ],
    },
    Trade {
        names: ["Wet Nose", "Кот и пёс", "Green Parrot", "Лапа"],
        ads: [
            ("Food for picky cats", "Refused by one in ten. The others finish the bowl."),
            ("A lead that does not tangle", "Tested on three spaniels at once."),
            ("Корм с доставкой", "Привезём до того, как вас разбудят."),
            ("Груминг на дому", "Мастер приедет, собака останется довольна."),
        ],
    },
    Trade {
        names: ["Evening School", "Курс", "Open Notebook", "Лекторий"],
        ads: [
            ("Spanish in the evenings", "Twice a week, ten people, no homework on Fridays."),
            ("Learn to read a balance sheet", "Six lessons for people who sign them."),
            ("Python с нуля", "Первая программа через час, первый проект через месяц."),
            ("Рисование для взрослых", "Карандаши дадим, талант не требуется."),
        ],
    },
    Trade {
        names: ["Corner Bakery", "Пекарня №5", "Green Basket", "Ферма рядом"],
        ads: [
            ("Bread that is still warm", "Baked at five, delivered by seven."),
            ("A box from the farm", "Whatever ripened this week, and a recipe for it."),
            ("Пироги к празднику", "С капустой, с рыбой и с хорошим настроением."),
            ("Сыры из Костромы", "Двенадцать сортов, один нескромно пахнет."),
        ],
    },
];
