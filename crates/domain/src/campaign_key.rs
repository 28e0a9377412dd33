//! The cleaned name of a campaign, by which platforms, links and sites that write it differently are joined.

/// Lower case, every run of characters that are neither letters nor digits as one `_`, none at the ends.
#[must_use]
pub fn campaign_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for word in name.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push('_');
        }
        key.push_str(&word.to_lowercase());
    }
    key
}

#[cfg(test)]
mod tests {
    use super::campaign_key;

    #[test]
    fn names_are_cleaned_to_words() {
        for (name, key) in
            [(" (Sale) My_Campaign_2025 | RU ", "sale_my_campaign_2025_ru"), ("Весна—Лето", "весна_лето"), ("---", ""), ("", "")]
        {
            assert_eq!(campaign_key(name), key);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_cleaned_name_stays_as_it_is(words in proptest::collection::vec("[a-z0-9]{1,5}", 0..5)) {
            let key = words.join("_");
            proptest::prop_assert_eq!(campaign_key(&key), key);
        }
    }
}
