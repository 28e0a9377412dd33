//! The rules themselves. A change of what they say is a new version.
//!
//! What a tagger wrote goes before what a click id lets one guess, and that before the referrer.

use super::{
    Channel,
    rule::{Condition, Field, Rule, Test},
};

/// The version of the rules; it grows with every change of them.
pub const VERSION: u32 = 2;

const PAID_MEDIA: &[&str] =
    &["cpc", "ppc", "cpm", "cpv", "cpa", "cpl", "paid", "paidsearch", "paidsocial", "retargeting", "remarketing", "ads"];
const SEARCH_SOURCES: &[&str] =
    &["google", "yandex", "ya", "bing", "mailru", "rambler", "duckduckgo", "yahoo", "baidu", "adwords", "googleads", "direct"];
const SEARCH_PLACES: &[&str] = &[
    "google.*",
    "yandex.*",
    "ya.ru",
    "bing.com",
    "go.mail.ru",
    "nova.rambler.ru",
    "rambler.ru",
    "duckduckgo.com",
    "yahoo.com",
    "baidu.com",
    "ecosia.org",
    "search.brave.com",
    "startpage.com",
    "com.google.android.googlequicksearchbox",
    "ru.yandex.searchplugin",
];
const SOCIAL_SOURCES: &[&str] = &[
    "vk",
    "vkontakte",
    "vkads",
    "mytarget",
    "ok",
    "odnoklassniki",
    "dzen",
    "facebook",
    "fb",
    "instagram",
    "ig",
    "meta",
    "tiktok",
    "twitter",
    "x",
    "linkedin",
    "pinterest",
    "reddit",
    "threads",
    "snapchat",
];
const SOCIAL_PLACES: &[&str] = &[
    "vk.com",
    "vk.ru",
    "vkvideo.ru",
    "ok.ru",
    "my.mail.ru",
    "dzen.ru",
    "zen.yandex.ru",
    "facebook.com",
    "instagram.com",
    "threads.net",
    "tiktok.com",
    "twitter.com",
    "x.com",
    "t.co",
    "linkedin.com",
    "lnkd.in",
    "pinterest.*",
    "reddit.com",
    "snapchat.com",
    "tenchat.ru",
    "pikabu.ru",
    "com.vkontakte.android",
    "com.facebook.katana",
    "com.instagram.android",
];
const MESSENGER_SOURCES: &[&str] = &["telegram", "tg", "whatsapp", "viber", "max", "messenger", "wechat"];
const MESSENGER_PLACES: &[&str] = &[
    "t.me",
    "telegram.org",
    "telegram.me",
    "whatsapp.com",
    "wa.me",
    "viber.com",
    "max.ru",
    "messenger.com",
    "org.telegram.messenger",
    "org.telegram.messenger.web",
    "com.whatsapp",
    "com.viber.voip",
];
const MAIL_SOURCES: &[&str] =
    &["email", "mail", "newsletter", "unisender", "sendpulse", "mailchimp", "sendsay", "mindbox", "dashamail", "sendgrid"];
const MAIL_PLACES: &[&str] = &[
    "mail.yandex.ru",
    "mail.yandex.com",
    "mail.yandex.kz",
    "mail.yandex.by",
    "e.mail.ru",
    "touch.mail.ru",
    "light.mail.ru",
    "mail.google.com",
    "mail.rambler.ru",
    "outlook.live.com",
    "outlook.office.com",
    "outlook.office365.com",
    "mail.yahoo.com",
    "com.google.android.gm",
    "ru.mail.mailapp",
    "ru.yandex.mail",
];
const VIDEO_SOURCES: &[&str] = &["youtube", "rutube", "vkvideo", "ivi", "kion"];
const VIDEO_PLACES: &[&str] = &["youtube.com", "youtu.be", "rutube.ru", "com.google.android.youtube"];
const AFFILIATE_SOURCES: &[&str] =
    &["admitad", "actionpay", "cityads", "leads", "saleads", "advcake", "epn", "gdeslon", "awin", "perfluence"];
const MARKETPLACE_SOURCES: &[&str] =
    &["market", "yamarket", "ozon", "wildberries", "wb", "megamarket", "aliexpress", "amazon", "priceru", "avito"];
const MARKETPLACE_PLACES: &[&str] = &[
    "market.yandex.ru",
    "ozon.ru",
    "wildberries.ru",
    "megamarket.ru",
    "aliexpress.*",
    "amazon.*",
    "price.ru",
    "avito.ru",
    "youla.ru",
    "2gis.ru",
];

macro_rules! rules {
    ($($name:literal => $channel:ident { $($field:ident $test:expr),* })+) => {
        /// The rules, in the order in which they are tried.
        pub const RULES: &[Rule] = &[
            $(Rule { name: $name, channel: Channel::$channel, conditions: &[$(Condition { field: Field::$field, test: $test }),*] },)+
            LAST,
        ];
    };
}

/// What no other rule knew.
pub(super) const LAST: Rule = Rule { name: "no trace", channel: Channel::Direct, conditions: &[] };

rules! {
    "medium of e-mail" => Email { UtmMedium Test::Has(&["email", "e-mail", "mail", "newsletter", "digest", "trigger"]) }
    "medium of SMS" => Sms { UtmMedium Test::Has(&["sms"]) }
    "medium of push" => Push { UtmMedium Test::Has(&["push", "webpush", "notification"]) }
    "medium of affiliates" => Affiliate { UtmMedium Test::Has(&["affiliate", "affiliates", "partner", "partners", "cpo", "cps"]) }
    "source of affiliates" => Affiliate { UtmSource Test::Has(AFFILIATE_SOURCES) }
    "medium of display" => Display { UtmMedium Test::Has(&["display", "banner", "banners", "media", "programmatic", "rtb", "teaser", "native", "interstitial"]) }
    "medium of video" => Video { UtmMedium Test::Has(&["video", "preroll", "instream", "ctv", "olv"]) }
    "medium of messengers" => Messengers { UtmMedium Test::Has(&["messenger", "messengers", "chat", "bot", "chatbot", "telegram", "whatsapp", "viber"]) }
    "source of price comparison" => Marketplace { UtmSource Test::Has(MARKETPLACE_SOURCES) }
    "paid, on a video site" => Video { UtmMedium Test::Has(PAID_MEDIA), UtmSource Test::Has(VIDEO_SOURCES) }
    "paid, in a social network" => PaidSocial { UtmMedium Test::Has(PAID_MEDIA), UtmSource Test::Has(SOCIAL_SOURCES) }
    "paid, in a messenger" => PaidSocial { UtmMedium Test::Has(PAID_MEDIA), UtmSource Test::Has(MESSENGER_SOURCES) }
    "paid, in search" => PaidSearch { UtmMedium Test::Has(PAID_MEDIA), UtmSource Test::Has(SEARCH_SOURCES) }
    "medium of paid social networks" => PaidSocial { UtmMedium Test::Is(&["paid_social", "paid-social", "paidsocial", "targeting", "target"]) }
    "medium of paid search" => PaidSearch { UtmMedium Test::Is(&["paid_search", "paid-search", "paidsearch", "sem"]) }
    "click id of Barker" => Display { ClickId Test::Is(&["bclid"]) }
    "click id of a search engine" => PaidSearch { ClickId Test::Is(&["gclid", "wbraid", "gbraid", "yclid", "msclkid"]) }
    "click id of a social network" => PaidSocial { ClickId Test::Is(&["ttclid", "li_fat_id", "twclid", "rb_clickid"]) }
    "paid, elsewhere" => PaidOther { UtmMedium Test::Has(PAID_MEDIA) }
    "medium of search" => OrganicSearch { UtmMedium Test::Has(&["organic", "seo", "search"]) }
    "medium of social networks" => Social { UtmMedium Test::Has(&["social", "smm", "sm", "post", "stories", "social-network", "social-media"]) }
    "medium of referrals" => Referral { UtmMedium Test::Has(&["referral", "link", "article", "pr", "blog"]) }
    "source of SMS" => Sms { UtmSource Test::Has(&["sms"]) }
    "source of push" => Push { UtmSource Test::Has(&["push", "webpush"]) }
    "source of messengers" => Messengers { UtmSource Test::Has(MESSENGER_SOURCES) }
    "source of e-mail" => Email { UtmSource Test::Has(MAIL_SOURCES) }
    "source of video" => Video { UtmSource Test::Has(VIDEO_SOURCES) }
    "source of social networks" => Social { UtmSource Test::Has(SOCIAL_SOURCES) }
    "tags that no rule knows" => Other { UtmMedium Test::Present }
    "a source that no rule knows" => Other { UtmSource Test::Present }
    "from a mailbox" => Email { Referrer Test::At(MAIL_PLACES) }
    "from a price comparison" => Marketplace { Referrer Test::At(MARKETPLACE_PLACES) }
    "from a messenger" => Messengers { Referrer Test::At(MESSENGER_PLACES) }
    "from a social network" => Social { Referrer Test::At(SOCIAL_PLACES) }
    "from a video site" => Video { Referrer Test::At(VIDEO_PLACES) }
    "from a search engine" => OrganicSearch { Referrer Test::At(SEARCH_PLACES) }
    "click id of Facebook alone" => Social { ClickId Test::Is(&["fbclid"]) }
    "a click id that no rule knows" => PaidOther { ClickId Test::Present }
    "from another site" => Referral { Referrer Test::Present }
}
