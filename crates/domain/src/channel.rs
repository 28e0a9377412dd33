//! The channel that a visit came by: told from UTM, click id and referrer by rules that are data.
//!
//! The first rule whose conditions all hold decides. The set has a version, so that whoever keeps a channel can say by which rules
//! it was told. No IO; what the rules are, the API shows.

mod address;
mod platform;
mod rule;
mod table;

pub use address::host_of;
pub use platform::of_platform;
pub use rule::{Condition, Field, Rule, Test};
pub use table::{RULES, VERSION};

macro_rules! channels {
    ($($name:ident $text:literal $russian:literal $english:literal)+) => {
        /// A way by which people come.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Channel {$(#[doc = $english] $name,)+}

        impl Channel {
            /// Every channel there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its name in facts, reports and the API; never renamed.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(Self::$name => $text,)+}
            }

            /// What people call it, in Russian.
            #[must_use]
            pub fn russian(self) -> &'static str {
                match self {$(Self::$name => $russian,)+}
            }

            /// What people call it, in English.
            #[must_use]
            pub fn english(self) -> &'static str {
                match self {$(Self::$name => $english,)+}
            }
        }
    };
}

channels! {
    Direct "direct" "Прямые заходы" "Direct"
    OrganicSearch "organic_search" "Органический поиск" "Organic search"
    PaidSearch "paid_search" "Платный поиск" "Paid search"
    Social "social" "Социальные сети" "Social"
    PaidSocial "paid_social" "Платные социальные сети" "Paid social"
    Messengers "messengers" "Мессенджеры" "Messengers"
    Email "email" "E-mail" "E-mail"
    Sms "sms" "SMS" "SMS"
    Push "push" "Push-уведомления" "Push notifications"
    Display "display" "Медийная реклама" "Display"
    Video "video" "Видео" "Video"
    Affiliate "affiliate" "Партнёрские программы" "Affiliate"
    Marketplace "marketplace" "Маркетплейсы и прайс-площадки" "Marketplaces and price comparison"
    Referral "referral" "Переходы с сайтов" "Referral"
    PaidOther "paid_other" "Другая реклама" "Other paid"
    Other "other" "Прочее" "Other"
}

/// What is known about how a visit began. What is not known is empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Visit<'a> {
    /// UTM source.
    pub utm_source: &'a str,
    /// UTM medium.
    pub utm_medium: &'a str,
    /// UTM campaign.
    pub utm_campaign: &'a str,
    /// The name of the click id that came along, like `gclid`.
    pub click_id_name: &'a str,
    /// Address of the page before: a whole address, or a host alone.
    pub referrer: &'a str,
    /// Address of the page itself: coming from the same site is coming from nowhere.
    pub page: &'a str,
}

/// A channel, and the rule that told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The channel.
    pub channel: Channel,
    /// The first rule whose conditions hold.
    pub rule: &'static Rule,
}

/// The channel of a visit by the present rules.
#[must_use]
pub fn classify(visit: &Visit<'_>) -> Verdict {
    let clues = rule::Clues::of(visit);
    // The last rule has no conditions, so that there is always one.
    let rule = RULES.iter().find(|rule| rule.matches(&clues)).unwrap_or(&table::LAST);
    Verdict { channel: rule.channel, rule }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_words() {
        let mut names: Vec<_> = Channel::ALL.iter().map(|channel| channel.as_str()).collect();
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Channel::ALL.len());
    }

    /// (source, medium, click id, referrer, channel)
    type Case = (&'static str, &'static str, &'static str, &'static str, Channel);

    const CASES: &[Case] = &[
        ("", "", "", "", Channel::Direct),
        ("(direct)", "(none)", "", "", Channel::Direct),
        ("", "", "", "https://shop.example/cart", Channel::Direct),
        ("", "", "", "https://m.shop.example/", Channel::Direct),
        ("", "", "", "https://www.google.com/", Channel::OrganicSearch),
        ("", "", "", "https://www.google.co.uk/search?q=a", Channel::OrganicSearch),
        ("", "", "", "https://yandex.ru/search/?text=a", Channel::OrganicSearch),
        ("", "", "", "https://ya.ru/", Channel::OrganicSearch),
        ("", "", "", "https://go.mail.ru/search", Channel::OrganicSearch),
        ("", "", "", "android-app://com.google.android.googlequicksearchbox/", Channel::OrganicSearch),
        ("yandex", "organic", "", "", Channel::OrganicSearch),
        ("", "", "", "https://mail.yandex.ru/", Channel::Email),
        ("", "", "", "https://e.mail.ru/inbox", Channel::Email),
        ("", "", "", "https://mail.google.com/mail/u/0/", Channel::Email),
        ("newsletter", "email", "", "https://e.mail.ru/", Channel::Email),
        ("unisender", "E-Mail", "", "", Channel::Email),
        ("", "", "", "https://vk.com/away.php", Channel::Social),
        ("", "", "", "https://m.vk.com/", Channel::Social),
        ("", "", "", "https://dzen.ru/a/x", Channel::Social),
        ("", "", "", "https://ok.ru/", Channel::Social),
        ("vk", "social", "", "", Channel::Social),
        ("", "", "fbclid", "https://l.facebook.com/", Channel::Social),
        ("facebook", "cpc", "fbclid", "https://l.facebook.com/", Channel::PaidSocial),
        ("vk", "cpc", "", "", Channel::PaidSocial),
        ("VK_Ads", "CPM", "", "", Channel::PaidSocial),
        ("", "", "rb_clickid", "https://ok.ru/", Channel::PaidSocial),
        ("", "", "ttclid", "", Channel::PaidSocial),
        ("", "", "bclid", "", Channel::Display),
        ("", "", "bclid", "https://news.example/", Channel::Display),
        ("", "", "yclid", "", Channel::PaidSearch),
        ("", "", "yclid", "https://yandex.ru/", Channel::PaidSearch),
        ("yandex", "cpc", "yclid", "", Channel::PaidSearch),
        ("yandex-direct", "ppc", "", "", Channel::PaidSearch),
        ("google", "cpc", "gclid", "https://www.google.com/", Channel::PaidSearch),
        ("google", "display", "gclid", "", Channel::Display),
        ("youtube", "cpc", "gclid", "", Channel::Video),
        ("telegram", "", "", "", Channel::Messengers),
        ("telegram", "cpm", "", "", Channel::PaidSocial),
        ("", "", "", "https://t.me/s/shop", Channel::Messengers),
        ("", "", "", "https://web.telegram.org/", Channel::Messengers),
        ("", "", "", "android-app://org.telegram.messenger/", Channel::Messengers),
        ("admitad", "cpa", "", "", Channel::Affiliate),
        ("blogger", "affiliate", "", "", Channel::Affiliate),
        ("yandex_market", "cpc", "", "", Channel::Marketplace),
        ("barker", "banner", "", "", Channel::Display),
        ("someone", "cpc", "", "", Channel::PaidOther),
        ("sms", "", "", "", Channel::Sms),
        ("", "push", "", "", Channel::Push),
        ("partner", "referral", "", "", Channel::Referral),
        ("", "", "", "https://blog.example.org/post", Channel::Referral),
        ("", "", "", "https://notgoogle.com/", Channel::Referral),
        ("", "", "", "https://google.com.evil.example/", Channel::Referral),
        ("qr", "offline", "", "", Channel::Other),
    ];

    #[test]
    fn visits_come_by_the_channels_that_their_traces_say() {
        for (utm_source, utm_medium, click_id_name, referrer, channel) in CASES {
            let visit = Visit { utm_source, utm_medium, utm_campaign: "", click_id_name, referrer, page: "https://www.shop.example/" };
            let verdict = classify(&visit);
            assert_eq!(verdict.channel, *channel, "{visit:?} by {}", verdict.rule.name);
        }
    }

    #[test]
    fn every_rule_has_a_name_of_its_own_and_decides_some_case_or_needs_none() {
        let mut names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
        assert!(RULES.last().is_some_and(|rule| rule.conditions.is_empty() && *rule == table::LAST));
        assert!(RULES.iter().rev().skip(1).all(|rule| !rule.conditions.is_empty()), "nothing behind a rule that always holds is reached");
    }

    proptest::proptest! {
        #[test]
        fn whatever_a_caller_sends_has_a_channel(
            texts in proptest::array::uniform6("\\PC{0,20}"),
        ) {
            let [utm_source, utm_medium, utm_campaign, click_id_name, referrer, page] = &texts;
            let visit = Visit { utm_source, utm_medium, utm_campaign, click_id_name, referrer, page };
            proptest::prop_assert_eq!(classify(&visit), classify(&visit));
        }
    }
}
