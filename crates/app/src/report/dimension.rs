//! What reports are split and filtered by: names and labels. What a dimension means for each fact the warehouse says.

use barker_domain::metric::Words;
use barker_warehouse::question::Dimension;

/// What rows are called that have no value of a dimension.
pub const UNATTRIBUTED: &str = "(unattributed)";
/// How the name of an attribute begins.
const ATTRIBUTE: &str = "attributes.";

/// What the values of a dimension are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DimensionKind {
    /// When something began.
    Time,
    /// Names and ids.
    Text,
}

/// A dimension with its name.
#[derive(Debug)]
pub struct KnownDimension {
    /// Its name in the API; never renamed.
    pub name: &'static str,
    /// What people call it.
    pub label: Words,
    /// What it means, in a sentence.
    pub definition: Words,
    /// Which one it is.
    pub dimension: Dimension,
}

macro_rules! dimensions {
    ($($name:literal $dimension:ident; $russian:literal $english:literal; $meaning_russian:literal $meaning_english:literal)+) => {
        /// Every dimension but attributes, which have names of their own.
        pub const DIMENSIONS: &[KnownDimension] = &[$(KnownDimension {
            name: $name,
            label: Words { russian: $russian, english: $english },
            definition: Words { russian: $meaning_russian, english: $meaning_english },
            dimension: Dimension::$dimension,
        },)+];
    };
}

dimensions! {
    "hour" Hour; "Час" "Hour"; "Час по времени проекта; дневных источников в нём нет." "Hour of the project's time; what is counted by the day has none."
    "day" Day; "День" "Day"; "День проекта; у рекламных площадок — день аккаунта." "The project's day; of platforms the account's."
    "week" Week; "Неделя" "Week"; "Неделя, по её понедельнику." "The week, by its Monday."
    "month" Month; "Месяц" "Month"; "Месяц, по его первому дню." "The month, by its first day."
    "channel" Channel; "Канал" "Channel"; "Канал по правилам; у заказов — канал касания, которому они засчитаны." "By the rules of channels; of orders that of the touch they are credited to."
    "source" Source; "Источник" "Source"; "Рекламная площадка." "The advertising platform."
    "source_type" SourceType; "Тип источника" "Source type"; "Площадка, а где её нет — откуда пришло событие." "The platform, else where an event was seen."
    "account" Account; "Аккаунт" "Account"; "Аккаунт рекламной площадки." "The account at the platform."
    "advertiser" Advertiser; "Рекламодатель" "Advertiser"; "Рекламодатель собственных кампаний." "The advertiser of Barker's own campaigns."
    "campaign_name" CampaignName; "Кампания" "Campaign"; "Последнее название кампании." "The campaign's latest name."
    "campaign_key" CampaignKey; "Ключ кампании" "Campaign key"; "Очищенное название кампании." "The campaign's name, cleaned."
    "campaign_id" Campaign; "Id кампании" "Campaign id"; "Id кампании на площадке." "The platform's id of the campaign."
    "ad_group" AdGroup; "Группа объявлений" "Ad group"; "Id группы объявлений на площадке." "The platform's id of the ad group."
    "ad" Ad; "Объявление" "Ad"; "Id объявления на площадке." "The platform's id of the ad."
    "ad_name" AdName; "Название объявления" "Ad name"; "Название объявления." "The name of the ad."
    "device" Device; "Устройство" "Device"; "Вид устройства." "Kind of device."
    "country" Country; "Страна" "Country"; "Страна по ISO 3166." "The country, ISO 3166."
}

/// The dimension of that name.
#[must_use]
pub fn find_dimension(name: &str) -> Option<Dimension> {
    if let Some(attribute) = name.strip_prefix(ATTRIBUTE).filter(|attribute| !attribute.is_empty()) {
        return Some(Dimension::Attribute(attribute.to_owned()));
    }
    DIMENSIONS.iter().find(|known| known.name == name).map(|known| known.dimension.clone())
}

/// Its name in the API.
#[must_use]
pub fn name_of(dimension: &Dimension) -> String {
    if let Dimension::Attribute(attribute) = dimension {
        return format!("{ATTRIBUTE}{attribute}");
    }
    DIMENSIONS.iter().find(|known| known.dimension == *dimension).map_or_else(String::new, |known| known.name.to_owned())
}

/// What its values are.
#[must_use]
pub(super) fn kind_of(dimension: &Dimension) -> DimensionKind {
    match dimension {
        Dimension::Hour | Dimension::Day | Dimension::Week | Dimension::Month => DimensionKind::Time,
        _ => DimensionKind::Text,
    }
}

impl DimensionKind {
    /// Of that dimension.
    #[must_use]
    pub fn of(dimension: &Dimension) -> Self {
        kind_of(dimension)
    }

    /// Its name in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Text => "text",
        }
    }
}

/// Every name that is known, for errors.
pub(super) fn known_names() -> String {
    let names: Vec<_> = DIMENSIONS.iter().map(|known| known.name).chain(["attributes.*"]).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_again() {
        for known in DIMENSIONS {
            assert_eq!(find_dimension(known.name), Some(known.dimension.clone()));
            assert_eq!(name_of(&known.dimension), known.name);
        }
        assert_eq!(name_of(&find_dimension("attributes.a.b").unwrap()), "attributes.a.b");
        for unknown in ["attributes.", "attributes", "Channel", "channel ", ""] {
            assert_eq!(find_dimension(unknown), None, "{unknown}");
        }
    }
}
