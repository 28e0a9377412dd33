//! A patch of a campaign (RFC 7386).

use barker_domain::{Code, Error, FieldError, Result, campaign::Terms, fields::read_object};
use serde_json::Value;

use super::{CampaignCreate, Targeting, read_terms};

/// The present terms with the patch merged in (RFC 7386), read as a whole. The rules of a change come after.
///
/// # Errors
/// [`Code::InvalidRequest`] with every fault found; pointers lead into the merged terms.
pub fn merge_terms(present: &Terms, patch: &Value) -> Result<Terms> {
    if !patch.is_object() {
        return Err(Error::invalid(vec![FieldError::new("", "type", "must be an object")]));
    }
    let mut terms = as_json(present)?;
    merge_patch(&mut terms, patch);
    read_object(&terms, read_terms)
}

fn as_json(terms: &Terms) -> Result<Value> {
    let body = CampaignCreate {
        impressions_limit: terms.impressions_limit,
        clicks_limit: terms.clicks_limit,
        cost_per_impression: terms.cost_per_impression.to_decimal(),
        cost_per_click: terms.cost_per_click.to_decimal(),
        ad_title: terms.ad_title.clone(),
        ad_text: terms.ad_text.clone(),
        start_date: terms.start_date.0,
        end_date: terms.end_date.0,
        targeting: Some(Targeting::from(&terms.targeting)),
    };
    serde_json::to_value(body).map_err(|error| Error::of(Code::Internal).caused_by(error))
}

/// RFC 7386, section 2.
pub fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        patch.clone_into(target);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Value::Object(fields) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            fields.remove(name);
        } else {
            merge_patch(fields.entry(name.as_str()).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The examples of RFC 7386, appendix A, that have an object on both sides, and a few that do not.
    #[test]
    fn merging_follows_the_examples_of_the_rfc() {
        let cases = [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": "foo"}), json!({"a": {"b": {"c": null}}}), json!({"a": {"b": {}}})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
        ];
        for (mut target, patch, expected) in cases {
            merge_patch(&mut target, &patch);
            assert_eq!(target, expected);
        }
    }
}
