//! The channel that an advertising platform's spend is counted in, as long as nobody says more than the platform's name.

use super::Channel;

const PAID_SEARCH: &[&str] = &["google_ads", "yandex_direct", "microsoft_ads", "bing_ads", "apple_search_ads"];
const PAID_SOCIAL: &[&str] = &[
    "meta_ads",
    "facebook_ads",
    "instagram_ads",
    "vk_ads",
    "mytarget",
    "ok_ads",
    "tiktok_ads",
    "linkedin_ads",
    "twitter_ads",
    "pinterest_ads",
    "snapchat_ads",
    "reddit_ads",
];
const MESSENGERS: &[&str] = &["telegram_ads"];
const DISPLAY: &[&str] = &["barker", "criteo", "dv360"];

/// The channel of a platform's spend, by the platform's name in facts; none for one that is not known.
#[must_use]
pub fn of_platform(source: &str) -> Option<Channel> {
    let channels = [
        (PAID_SEARCH, Channel::PaidSearch),
        (PAID_SOCIAL, Channel::PaidSocial),
        (MESSENGERS, Channel::Messengers),
        (DISPLAY, Channel::Display),
    ];
    channels.into_iter().find(|(platforms, _)| platforms.contains(&source)).map(|(_, channel)| channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_that_is_known_has_a_channel_and_others_have_none() {
        assert_eq!(of_platform("google_ads"), Some(Channel::PaidSearch));
        assert_eq!(of_platform("vk_ads"), Some(Channel::PaidSocial));
        assert_eq!(of_platform("barker"), Some(Channel::Display));
        assert_eq!(of_platform("a flyer"), None);
    }
}
