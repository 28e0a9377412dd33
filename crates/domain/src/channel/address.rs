//! Hosts of addresses, as much as telling channels needs.

/// The host of an address, in lower case and without `www.`; of a text without a scheme, the text up to its first slash.
#[must_use]
pub fn host_of(address: &str) -> String {
    let rest = address.trim().split_once("://").map_or(address.trim(), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or_default() };
    let host = host.trim_end_matches('.').to_lowercase();
    host.strip_prefix("www.").map_or(host.clone(), str::to_owned)
}

/// Whether a host is at a place: the place itself or below it. `google.*` is Google in any country.
pub(super) fn is_at(host: &str, place: &str) -> bool {
    let Some(name) = place.strip_suffix(".*") else {
        return host.strip_suffix(place).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    };
    let labels: Vec<_> = host.split('.').collect();
    // `com`, `ru`, `co.uk`, `com.tr`: ends of countries have two or three letters each.
    let is_ending = |labels: &[&str]| matches!(labels.len(), 1 | 2) && labels.iter().all(|label| matches!(label.len(), 2 | 3));
    labels.iter().enumerate().any(|(place, label)| *label == name && is_ending(&labels[place + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_from_whatever_browsers_send() {
        for (address, host) in [
            ("https://www.Google.com:443/search?q=a", "google.com"),
            ("google.com", "google.com"),
            ("//t.me/x", ""),
            ("https://user:secret@shop.example/", "shop.example"),
            ("android-app://org.telegram.messenger/", "org.telegram.messenger"),
            ("https://президент.рф/", "президент.рф"),
            ("http://[::1]:80/", "[::1]:80"),
            ("", ""),
        ] {
            assert_eq!(host_of(address), host, "{address}");
        }
    }

    #[test]
    fn a_place_holds_what_is_below_it_and_nothing_that_only_sounds_alike() {
        for (host, place, expected) in [
            ("vk.com", "vk.com", true),
            ("m.vk.com", "vk.com", true),
            ("notvk.com", "vk.com", false),
            ("vk.com.evil.example", "vk.com", false),
            ("google.co.uk", "google.*", true),
            ("news.google.ru", "google.*", true),
            ("google.evil.com", "google.*", false),
            ("google", "google.*", false),
        ] {
            assert_eq!(is_at(host, place), expected, "{host} at {place}");
        }
    }
}
