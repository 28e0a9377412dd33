//! Short-lived values, in this process and in Redis.

use std::time::Duration;

use barker_domain::Code;
use barker_infra::cache::{Cache, Namespace};
use bytes::Bytes;
use futures::future::join_all;
use rstest::rstest;
use rstest_reuse::apply;

use crate::{
    every_home,
    home::{Home, eventually},
};

const HOUR: Duration = Duration::from_hours(1);

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

async fn value(namespace: &Namespace, key: &str) -> Option<Bytes> {
    namespace.get(key).await.unwrap()
}

#[apply(every_home)]
#[tokio::test]
async fn a_value_is_there_until_it_is_replaced_or_deleted(#[case] home: Home) {
    let tokens = home.open().cache.namespace("token");
    assert_eq!(value(&tokens, "a").await, None);
    tokens.set("a", bytes("1"), HOUR).await.unwrap();
    tokens.set("b", bytes("2"), HOUR).await.unwrap();
    tokens.set("a", bytes("3"), HOUR).await.unwrap();
    assert_eq!((value(&tokens, "a").await, value(&tokens, "b").await), (Some(bytes("3")), Some(bytes("2"))));
    tokens.delete("a").await.unwrap();
    tokens.delete("never there").await.unwrap();
    assert_eq!((value(&tokens, "a").await, value(&tokens, "b").await), (None, Some(bytes("2"))));
}

#[apply(every_home)]
#[tokio::test]
async fn a_value_is_gone_after_its_time_and_a_new_one_has_a_time_of_its_own(#[case] home: Home) {
    let tokens = home.open().cache.namespace("token");
    tokens.set("short", bytes("1"), Duration::from_millis(40)).await.unwrap();
    tokens.set("prolonged", bytes("1"), Duration::from_millis(40)).await.unwrap();
    tokens.set("prolonged", bytes("2"), HOUR).await.unwrap();
    tokens.set("at once", bytes("1"), Duration::ZERO).await.unwrap();
    tokens.set("for ever", bytes("1"), Duration::MAX).await.unwrap();
    eventually(async || value(&tokens, "short").await.is_none()).await;
    eventually(async || value(&tokens, "at once").await.is_none()).await;
    assert_eq!(tokens.take("short").await.unwrap(), None);
    assert_eq!((value(&tokens, "prolonged").await, value(&tokens, "for ever").await), (Some(bytes("2")), Some(bytes("1"))));
}

#[apply(every_home)]
#[tokio::test]
async fn kinds_do_not_see_each_other_and_clones_do(#[case] home: Home) {
    let services = home.open();
    let (tokens, dialogues) = (services.cache.namespace("token"), services.cache.namespace("dialogue"));
    tokens.set("a", bytes("1"), HOUR).await.unwrap();
    assert_eq!(value(&dialogues, "a").await, None);
    dialogues.delete("a").await.unwrap();
    assert_eq!(value(&services.cache.clone().namespace("token"), "a").await, Some(bytes("1")));
}

#[apply(every_home)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_take_a_value_one_is_given_it(#[case] home: Home) {
    let tokens = home.open().cache.namespace("token");
    for round in 0..20 {
        let key = round.to_string();
        tokens.set(&key, bytes("once"), HOUR).await.unwrap();
        let takers = (0..20).map(|_| {
            let (tokens, key) = (tokens.clone(), key.clone());
            tokio::spawn(async move { tokens.take(&key).await.unwrap() })
        });
        let given = join_all(takers).await.into_iter().filter(|taken| taken.as_ref().unwrap().is_some()).count();
        assert_eq!(given, 1);
        assert_eq!(value(&tokens, &key).await, None);
    }
}

#[apply(every_home)]
#[tokio::test]
async fn values_are_any_bytes_up_to_a_length_and_names_any_text(#[case] home: Home) {
    let tokens = home.open().cache.namespace("token");
    let everything: Bytes = (0..=u8::MAX).collect();
    let names = ["", " ", "a:b", "naïve имя 🎭", "line\r\nDEL x", "*"];
    for name in names {
        tokens.set(name, everything.clone(), HOUR).await.unwrap();
    }
    for name in names {
        assert_eq!(value(&tokens, name).await, Some(everything.clone()), "{name:?}");
    }
    tokens.set("empty", Bytes::new(), HOUR).await.unwrap();
    assert_eq!(value(&tokens, "empty").await, Some(Bytes::new()));
    let largest = Bytes::from(vec![7; 1024 * 1024]);
    tokens.set("largest", largest.clone(), HOUR).await.unwrap();
    assert_eq!(value(&tokens, "largest").await, Some(largest.clone()));
    let too_large = Bytes::from([&largest[..], b"x"].concat());
    assert_eq!(tokens.set("larger", too_large, HOUR).await.unwrap_err().code, Code::Internal);
    assert_eq!(tokens.set(&"n".repeat(513), bytes("1"), HOUR).await.unwrap_err().code, Code::Internal);
}

#[apply(every_home)]
#[tokio::test]
async fn doctor_is_told_where_values_live(#[case] home: Home) {
    let found = home.open().cache.probe().await.unwrap();
    assert!(found.contains(if home == Home::Redis { "Redis at 127.0.0.1" } else { "up to 10 MB" }), "{found}");
}

#[tokio::test]
async fn memory_stays_below_its_bound_and_the_newest_values_stay() {
    let values = Cache::in_process(1_000_000).namespace("value");
    // Windows into one buffer that is larger than the bound.
    let buffer = Bytes::from(vec![1; 2_000_000]);
    for number in 0..2_000_usize {
        values.set(&number.to_string(), buffer.slice(number..number + 5_000), HOUR).await.unwrap();
    }
    drop(buffer);
    let mut kept = Vec::new();
    for number in 0..2_000 {
        kept.extend(value(&values, &number.to_string()).await.map(|_| number));
    }
    assert!(kept.len() * 5_000 <= 1_000_000, "{} are kept", kept.len());
    assert!(kept.len() > 100 && kept.iter().all(|number| *number >= 1_500), "{kept:?}");
}
