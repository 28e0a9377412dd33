//! Where a click leads: the landing page as its owner wrote it, with the click's id and, unless it has its own, UTM.

use barker_domain::{AdId, CampaignId, ClickId, Code, Error, Result};
use url::Url;

use crate::{
    event::OWN_CLICK_ID,
    own_facts::{CHANNEL, SOURCE},
};

/// What a click says of itself to the page that it leads to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visit {
    pub(super) campaign: CampaignId,
    pub(super) ad: AdId,
    /// `None`: it is not kept.
    pub(super) click: Option<ClickId>,
}

/// The address to send the browser to, in ASCII.
///
/// # Errors
/// [`Code::Internal`] for an address that should never have been taken.
pub(super) fn address(landing_url: &str, visit: Visit) -> Result<String> {
    let unreadable = |error| Error::new(Code::Internal, "a landing page has no address").caused_by(error);
    let mut url = Url::parse(landing_url).map_err(unreadable)?;
    let query = url.query().unwrap_or_default().to_owned();
    let own: Vec<_> = query.split('&').filter(|pair| !pair.is_empty() && !is_named(pair, |name| name == OWN_CLICK_ID)).collect();
    let mut pairs: Vec<String> = own.iter().map(|pair| (*pair).to_owned()).collect();
    // Half of theirs and half of ours would name a campaign that is nobody's.
    if !own.iter().any(|pair| is_named(pair, |name| name.starts_with("utm_"))) {
        pairs.extend([
            format!("utm_source={SOURCE}"),
            format!("utm_medium={CHANNEL}"),
            format!("utm_campaign={}", visit.campaign),
            format!("utm_content={}", visit.ad),
        ]);
    }
    pairs.extend(visit.click.map(|id| format!("{OWN_CLICK_ID}={id}")));
    url.set_query((!pairs.is_empty()).then(|| pairs.join("&")).as_deref());
    Ok(url.into())
}

fn is_named(pair: &str, is_meant: impl Fn(&str) -> bool) -> bool {
    is_meant(&pair.split('=').next().unwrap_or_default().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn led(landing_url: &str) -> String {
        let id = Uuid::from_u128(7);
        let visit = Visit { campaign: CampaignId(id), ad: AdId(Uuid::from_u128(8)), click: Some(ClickId(Uuid::from_u128(9))) };
        let short = address(landing_url, visit).unwrap();
        short.replace("00000000-0000-0000-0000-00000000000", "")
    }

    const UTM: &str = "utm_source=barker&utm_medium=display&utm_campaign=7&utm_content=8";

    #[test]
    fn what_the_owner_wrote_stays_and_what_is_missing_is_added() {
        for (landing_url, led_to) in [
            ("https://shop.example", format!("https://shop.example/?{UTM}&bclid=9")),
            (
                "https://shop.example/bears?size=xl&q=a+b%26c#reviews",
                format!("https://shop.example/bears?size=xl&q=a+b%26c&{UTM}&bclid=9#reviews"),
            ),
            ("https://shop.example/?utm_campaign=spring", "https://shop.example/?utm_campaign=spring&bclid=9".to_owned()),
            ("https://shop.example/?UTM_Source=x&a", "https://shop.example/?UTM_Source=x&a&bclid=9".to_owned()),
            ("https://shop.example/?bclid=old&utm_source=x&BCLID=older", "https://shop.example/?utm_source=x&bclid=9".to_owned()),
            ("https://shop.example/?&", format!("https://shop.example/?{UTM}&bclid=9")),
            (
                "https://магазин.рф/мишки?цвет=синий",
                format!(
                    "https://xn--80aairftm.xn--p1ai/%D0%BC%D0%B8%D1%88%D0%BA%D0%B8?%D1%86%D0%B2%D0%B5%D1%82=%D1%81%D0%B8%D0%BD%D0%B8%D0%B9&{UTM}&bclid=9"
                ),
            ),
        ] {
            assert_eq!(led(landing_url), led_to, "{landing_url}");
        }
    }

    #[test]
    fn a_click_that_is_not_kept_has_no_id() {
        let id = CampaignId(Uuid::from_u128(7));
        let visit = Visit { campaign: id, ad: AdId(id.0), click: None };
        assert_eq!(address("https://shop.example/?utm_source=x", visit).unwrap(), "https://shop.example/?utm_source=x");
    }
}
