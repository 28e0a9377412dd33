//! What the address of a page tells about a visit: UTM and click ids that whoever sends the event has not taken out of it.

use barker_warehouse::fact::Event;

use super::CLICK_IDS;

/// UTM parameters in the order of [`Event::utm`].
pub(super) const UTM: [&str; 5] = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"];
/// Longest value that is taken from an address.
const MAX_VALUE_CHARS: usize = 1_000;

/// Fills in what is empty from the page's parameters.
pub(super) fn read_page(event: &mut Event) {
    let Some((_, query)) = event.page.split_once('?') else { return };
    let query = query.split('#').next().unwrap_or_default();
    let pairs: Vec<_> =
        query.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, value)| (decoded(name), decoded(value))).collect();
    let find = |wanted: &str| {
        let found = pairs.iter().find(|(name, value)| name.eq_ignore_ascii_case(wanted) && !value.is_empty());
        found.map(|(_, value)| value.chars().take(MAX_VALUE_CHARS).collect::<String>())
    };
    if event.utm.iter().all(String::is_empty) {
        event.utm = UTM.map(|name| find(name).unwrap_or_default());
    }
    if event.click_id.0.is_empty() {
        let found = CLICK_IDS.iter().find_map(|name| Some(((*name).to_owned(), find(name)?)));
        event.click_id = found.unwrap_or_default();
    }
}

/// Whether there is anything a channel could be told by: an order that a server reports came by no channel.
pub(super) fn tells_where_from(event: &Event) -> bool {
    let is_visit = event.event_type == "session_start" || event.event_type == "page_view";
    is_visit || !event.referrer.is_empty() || !event.click_id.0.is_empty() || event.utm.iter().any(|text| !text.is_empty())
}

/// Percent-encoded UTF-8, `+` for a blank.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        let plain = bytes[place];
        let hex = (plain == b'%').then(|| text.get(place + 1..place + 3)).flatten();
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        place += if byte.is_some() { 3 } else { 1 };
        decoded.push(byte.unwrap_or(if plain == b'+' { b' ' } else { plain }));
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(page: &str) -> Event {
        let mut event = Event { page: page.to_owned(), ..Event::default() };
        read_page(&mut event);
        event
    }

    #[test]
    fn utm_and_click_ids_are_found_in_the_address() {
        let event =
            read("https://shop.example/?UTM_Source=ya&utm_campaign=%D0%9B%D0%B5%D1%82%D0%BE+2026&fbclid=f&yclid=y&x=%zz#utm_term=no");
        assert_eq!(event.utm.join("|"), "ya||Лето 2026||");
        assert_eq!(event.click_id, ("yclid".to_owned(), "y".to_owned()));
        assert_eq!(read("https://shop.example/plain").utm.concat(), "");
    }

    #[test]
    fn what_the_sender_says_stands() {
        let mut event = Event { page: "https://a.example/?utm_source=b&gclid=g".to_owned(), ..Event::default() };
        event.utm[1] = "cpc".to_owned();
        event.click_id = ("yclid".to_owned(), "y".to_owned());
        read_page(&mut event);
        assert_eq!((event.utm.join("|").as_str(), event.click_id.1.as_str()), ("|cpc|||", "y"));
    }
}
