//! The shop's campaigns on platforms: what they are called, what they cost and how well they sell. Data only.
//!
//! One of them is a gem, one fails, one is called something else in each season of the year.

use barker_domain::{Day, channel::Channel};

/// An account at a platform.
#[derive(Debug, Clone, Copy)]
pub(super) struct Platform {
    /// Its name in facts.
    pub(super) source: &'static str,
    /// The beginning of the account's id.
    pub(super) account: &'static str,
    /// Whether it is charged in dollars, else in roubles.
    pub(super) is_in_dollars: bool,
    /// IANA name.
    pub(super) time_zone: &'static str,
    /// Levels that it is loaded at, as numbers of [`barker_warehouse::fact::Level`].
    pub(super) levels: &'static [u8],
    /// Thousandths that the account costs more than its campaigns: fees that belong to none of them.
    pub(super) fee: i64,
    /// Whether it restates two days back.
    pub(super) restates: bool,
}

/// How a link says which campaign it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// `utm_campaign` is the platform's id, `utm_content` the ad's.
    Id,
    /// `utm_campaign` is the cleaned name.
    Name,
    /// The site's counter knows campaign and ad.
    Auto,
}

/// A campaign.
#[derive(Debug, Clone, Copy)]
pub(super) struct Campaign {
    /// Its place in [`PLATFORMS`].
    pub(super) platform: usize,
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// Whether its name ends with the season of the year.
    pub(super) has_season: bool,
    /// Orders of a thousand that it brings.
    pub(super) orders: usize,
    /// Clicks for a hundred orders of the whole shop.
    pub(super) clicks: i64,
    /// Kopecks for a click.
    pub(super) click_price: i64,
    /// Clicks of ten thousand shows.
    pub(super) click_rate: i64,
    /// Source and medium of its links.
    pub(super) utm: (&'static str, &'static str),
    pub(super) tag: Tag,
    /// The click id of its platform.
    pub(super) click_id: &'static str,
    pub(super) channel: Channel,
    /// Where its links lead.
    pub(super) landing: &'static str,
    pub(super) referrer: &'static str,
    /// Names of its ad groups, of two ads each; none: the platform tells nothing finer.
    pub(super) groups: &'static [&'static str],
    /// What the ads are called.
    pub(super) ads: [&'static str; 2],
    /// Whether nobody who comes ever buys.
    pub(super) is_failing: bool,
}

pub(super) const PLATFORMS: &[Platform] = &[
    Platform {
        source: "yandex_direct",
        account: "uyut-direct",
        is_in_dollars: false,
        time_zone: "Europe/Moscow",
        levels: &[1, 2, 3],
        fee: 0,
        restates: false,
    },
    Platform {
        source: "google_ads",
        account: "uyut-google",
        is_in_dollars: true,
        time_zone: "Asia/Nicosia",
        levels: &[1, 3],
        fee: 0,
        restates: true,
    },
    Platform {
        source: "vk_ads",
        account: "uyut-vk",
        is_in_dollars: false,
        time_zone: "Europe/Moscow",
        levels: &[0, 1, 3],
        fee: 0,
        restates: false,
    },
    Platform {
        source: "telegram_ads",
        account: "uyut-telegram",
        is_in_dollars: false,
        time_zone: "Europe/Moscow",
        levels: &[1, 3],
        fee: 0,
        restates: false,
    },
    Platform {
        source: "meta_ads",
        account: "uyut-meta",
        is_in_dollars: true,
        time_zone: "America/Los_Angeles",
        levels: &[0, 1, 2, 3],
        fee: 15,
        restates: true,
    },
    Platform {
        source: "admitad",
        account: "uyut-admitad",
        is_in_dollars: false,
        time_zone: "Europe/Moscow",
        levels: &[1],
        fee: 0,
        restates: false,
    },
    Platform {
        source: "yandex_market",
        account: "uyut-market",
        is_in_dollars: false,
        time_zone: "Europe/Moscow",
        levels: &[0, 1],
        fee: 0,
        restates: false,
    },
];

const YANDEX: usize = 0;
const GOOGLE: usize = 1;
const VK: usize = 2;
const TELEGRAM: usize = 3;
const META: usize = 4;
const ADMITAD: usize = 5;
const MARKET: usize = 6;

macro_rules! campaigns {
    ($($platform:ident $id:literal $name:literal $season:literal; $orders:literal $clicks:literal $price:literal $rate:literal;
       $source:literal $medium:literal $tag:ident $click_id:literal $channel:ident; $landing:literal $referrer:literal; $groups:expr, $ads:expr; $failing:literal)+) => {
        pub(super) const CAMPAIGNS: &[Campaign] = &[$(Campaign {
            platform: $platform, id: $id, name: $name, has_season: $season, orders: $orders, clicks: $clicks, click_price: $price, click_rate: $rate,
            utm: ($source, $medium), tag: Tag::$tag, click_id: $click_id, channel: Channel::$channel, landing: $landing, referrer: $referrer,
            groups: $groups, ads: $ads, is_failing: $failing,
        },)+];
    };
}

campaigns! {
    YANDEX "104820011" "Поиск | Бренд | РФ" false; 62 103 7000 1150; "yandex" "cpc" Id "yclid" PaidSearch; "/" "https://yandex.ru/";
        &["Бренд — точное", "Бренд + категория"], ["Уют и дом — официальный магазин", "Уют и дом: доставка завтра"]; false
    YANDEX "104820027" "Поиск | Постельное бельё | Москва и СПб" false; 67 279 4200 720; "yandex" "cpc" Id "yclid" PaidSearch; "/catalog/bed" "https://yandex.ru/";
        &["Сатин и поплин", "Комплекты 2-спальные"], ["Постельное бельё из сатина", "Бельё со скидкой до 30%"]; false
    YANDEX "104820035" "Поиск | Посуда | РФ" true; 58 264 4500 680; "yandex" "cpc" Id "yclid" PaidSearch; "/catalog/kitchen" "https://yandex.ru/";
        &["Сервизы", "Сковороды и кастрюли"], ["Посуда для дома", "Сервиз в подарок"]; false
    YANDEX "104820042" "РСЯ | Смарт-баннеры | Товары для дома" false; 40 444 1700 95; "yandex" "display" Id "yclid" Display; "/catalog" "https://dzen.ru/";
        &["Смарт-баннеры: каталог", "Смарт-баннеры: хиты"], ["Баннер 300x250", "Баннер 728x90"]; false
    GOOGLE "20991144311" "Search | Generic | СНГ" false; 40 200 4800 610; "google" "cpc" Auto "gclid" PaidSearch; "/catalog" "https://www.google.com/";
        &["Generic — дом", "Generic — текстиль"], ["Всё для уюта", "Текстиль с доставкой"]; false
    GOOGLE "20991144356" "PMax | Каталог | KZ + BY" false; 49 272 3000 310; "google" "cpc" Auto "gclid" PaidSearch; "/catalog" "https://www.google.kz/";
        &[], ["", ""]; false
    GOOGLE "20991144402" "YouTube | Обзоры новинок" false; 13 186 1600 70; "youtube" "cpc" Auto "gclid" Video; "/new" "https://www.youtube.com/";
        &["In-stream 15 с", "Bumper 6 с"], ["Новинки осени", "Уютная спальня"]; false
    VK "7700101" "Ретаргетинг | Брошенные корзины" false; 76 162 2900 260; "vk" "cpc" Name "" PaidSocial; "/cart" "https://vk.com/";
        &["Корзина 1–3 дня", "Корзина 4–14 дней"], ["Вы забыли товары", "Скидка 7% на корзину"]; false
    VK "7700115" "Look-alike 1% | Покупатели 180 дней" false; 45 300 2700 140; "vk" "cpc" Name "" PaidSocial; "/catalog" "https://vk.com/";
        &["LAL: женщины 25–44", "LAL: семьи с детьми"], ["Карусель: хиты", "Видео: спальня"]; false
    VK "7700128" "Промопосты | Сезонная распродажа" false; 27 225 3000 120; "vk" "cpc" Name "" PaidSocial; "/sale" "https://vk.com/";
        &["Подписчики конкурентов", "Интерес: ремонт"], ["Пост: минус 30%", "Пост: три идеи"]; false
    TELEGRAM "tg-5501" "Каналы | Дизайн интерьера" false; 22 169 3400 85; "telegram_ads" "messenger" Auto "" Messengers; "/catalog/decor" "https://t.me/";
        &["Каналы о дизайне", "Каналы о ремонте"], ["Декор от 490 ₽", "Подборка недели"]; false
    TELEGRAM "tg-5502" "Каналы | Новостройки и ремонт" false; 13 118 3600 80; "telegram_ads" "messenger" Auto "" Messengers; "/catalog" "https://t.me/";
        &["Новосёлы Москва", "Новосёлы регионы"], ["Дом с нуля", "Набор новосёла"]; false
    META "23855510001" "Reels | Охват | Широкая аудитория 18–65" false; 0 620 4600 110; "instagram" "cpc" Auto "fbclid" PaidSocial; "/" "https://l.instagram.com/";
        &["Широкая аудитория", "Advantage+"], ["Reels: распаковка", "Reels: уют за минуту"]; true
    META "23855510017" "Instagram | Каталог | Конверсии" false; 36 225 3100 150; "instagram" "cpc" Auto "fbclid" PaidSocial; "/catalog" "https://l.instagram.com/";
        &["Каталог: просмотр 30 дней", "Каталог: похожие"], ["Динамический каталог", "Коллекция: кухня"]; false
    ADMITAD "ad-31" "CPA-сеть | Кэшбэк-сервисы" false; 45 150 5500 900; "admitad" "cpa" Name "" Affiliate; "/catalog" "https://cashback.example/";
        &[], ["", ""]; false
    MARKET "ym-808" "Яндекс Маркет | Витрина" false; 49 153 5800 420; "yamarket" "cpc" Name "" Marketplace; "/product" "https://market.yandex.ru/";
        &[], ["", ""]; false
}

impl Campaign {
    pub(super) fn platform(&self) -> &'static Platform {
        &PLATFORMS[self.platform]
    }

    /// What it is called on that day.
    pub(super) fn name_on(&self, day: Day) -> String {
        if !self.has_season {
            return self.name.to_owned();
        }
        let date = day.date();
        let season = match date.month() {
            12 | 1 | 2 => "Зима",
            3..=5 => "Весна",
            6..=8 => "Лето",
            _ => "Осень",
        };
        format!("{} | {season}", self.name)
    }

    /// The id of one of its ads, in a group.
    pub(super) fn ad_id(&self, group: usize, ad: usize) -> String {
        format!("{}-{}{}", self.id, group + 1, ad + 1)
    }

    /// The id of one of its groups.
    pub(super) fn group_id(&self, group: usize) -> String {
        format!("{}-g{}", self.id, group + 1)
    }
}
