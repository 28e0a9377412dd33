//! Text means the same on every database: nothing is cut, folded, trimmed or taken for something else.

use barker_domain::{AdvertiserId, advertiser::Advertiser, campaign::Campaign, client::Client, page::Page, project::Project};
use barker_store::{AdvertiserFilter, AdvertiserSort};
use barker_testkit::{Backend, build};
use rstest::rstest;
use rstest_reuse::apply;

use crate::{every_database, world::World};

/// Pairs of them differ in case, in an accent or how it is composed, in a blank, or look alike.
const LOOKALIKES: [&str; 16] =
    ["smart", "Smart", "SMART", "smart ", "smart  ", " smart", "smart\t", "é", "e", "e\u{301}", "ß", "ss", "ё", "е", "😀", "😁"];

async fn make(world: &World, project: Project) -> barker_domain::Result<()> {
    let insert = world.store.write(project, |transaction, project| Box::pin(async move { transaction.insert_project(&project).await }));
    insert.await
}

#[apply(every_database)]
#[tokio::test]
async fn names_that_only_look_alike_are_different_projects(#[case] on: Backend) {
    let world = World::create(on).await;
    for name in LOOKALIKES {
        let project = build::sandbox(name);
        make(&world, project.clone()).await.unwrap();
        let found = world.store.find_project_by_alias(name).await.unwrap().unwrap();
        assert_eq!((found.id, found.name.as_str()), (project.id, name));
    }
    for name in LOOKALIKES {
        assert!(make(&world, build::sandbox(name)).await.is_err(), "{name:?} is taken");
    }
    for name in ["Smart ", "E", "ñ", "s"] {
        assert!(world.store.find_project_by_alias(name).await.unwrap().is_none(), "{name:?}");
    }
}

/// What has been cut, escaped or refused somewhere before.
fn peculiar_texts(max_chars: usize) -> Vec<String> {
    let short =
        ["a ", " a", "\"'`", "\\", "\\n", "\r\n\t", "%s {} $1 ?", "\u{1}\u{7f}", "\u{feff}a\u{200d}b", "👨‍👩‍👧", "\u{10ffff}", "NULL", "0x41"];
    let long = ["a", "ы", "中", "𝄞"].map(|character| character.repeat(max_chars));
    short.map(str::to_owned).into_iter().chain(long).collect()
}

#[apply(every_database)]
#[tokio::test]
async fn names_of_any_255_characters_come_back_as_they_were(#[case] on: Backend) {
    let world = World::create(on).await;
    let rows = world.store.in_project(world.project.id);
    for text in peculiar_texts(255) {
        let client = Client { login: text.clone(), location: text.clone(), ..build::client() };
        let advertiser = Advertiser { id: AdvertiserId::generate(), name: text.clone() };
        let given = (world.project.id, client.clone(), advertiser.clone());
        let upsert = world.store.write(given, |transaction, (project, client, advertiser)| {
            Box::pin(async move {
                transaction.in_project(project).upsert_clients(&[client]).await?;
                transaction.in_project(project).upsert_advertisers(&[advertiser], 1).await
            })
        });
        upsert.await.unwrap();
        assert_eq!(rows.find_client(client.id).await.unwrap(), Some(client));
        assert_eq!(rows.find_advertiser(advertiser.id).await.unwrap().map(|kept| kept.advertiser), Some(advertiser));
        make(&world, build::sandbox(&text)).await.unwrap();
        assert_eq!(world.store.find_project_by_alias(&text).await.unwrap().unwrap().name, text);
    }
}

#[apply(every_database)]
#[tokio::test]
async fn ads_of_10_000_characters_come_back_as_they_were(#[case] on: Backend) {
    let world = World::create(on).await;
    let rows = world.store.in_project(world.project.id);
    for (title, text) in peculiar_texts(1_000).into_iter().zip(peculiar_texts(10_000)) {
        let mut campaign = build::campaign(world.campaign.advertiser_id);
        campaign.terms.targeting.location = Some(text.chars().take(255).collect());
        (campaign.terms.ad_title, campaign.terms.ad_text) = (title, text);
        let insert = world.store.write((world.project.id, campaign.clone()), |transaction, (project, campaign): (_, Campaign)| {
            Box::pin(async move { transaction.in_project(project).insert_campaign(&campaign).await })
        });
        insert.await.unwrap();
        assert_eq!(rows.find_campaign(campaign.id).await.unwrap(), Some(campaign));
    }
}

async fn found(world: &World, needle: &str) -> Vec<String> {
    let rows = world.store.in_project(world.project.id);
    let filter = AdvertiserFilter { search: Some(needle.to_owned()), ..AdvertiserFilter::default() };
    let listed = rows.list_advertisers(&filter, (AdvertiserSort::Created, Page { size: 1_000, number: 1 })).await.unwrap();
    assert_eq!(listed.total, listed.rows.len() as u64);
    let mut names: Vec<_> = listed.rows.into_iter().map(|kept| kept.advertiser.name).collect();
    names.sort();
    names
}

async fn add_advertisers(world: &World, names: &[&str]) {
    let advertisers: Vec<_> = names.iter().map(|name| build::advertiser(name)).collect();
    let upsert = world.store.write((world.project.id, advertisers), |transaction, (project, advertisers)| {
        Box::pin(async move { transaction.in_project(project).upsert_advertisers(&advertisers, 1).await })
    });
    upsert.await.unwrap();
}

#[apply(every_database)]
#[tokio::test]
async fn a_search_finds_parts_of_names_in_any_case_and_its_wildcards_are_letters(#[case] on: Backend) {
    let world = World::create(on).await;
    // The world's own advertiser is "Smart Inc".
    add_advertisers(&world, &["SMART", "smart ", "50% off", "snake_case", "wow!", "back\\slash", "CAFÉ", "Cafe\u{301}", "cafe"]).await;
    add_advertisers(&world, &["МОСКВА", "İZMİR", "ΟΔΟΣ", "Straße", "😀 Shop", "😁 shop"]).await;
    for (needle, expected) in [
        ("smart", &["SMART", "Smart Inc", "smart "][..]),
        ("MART ", &["Smart Inc", "smart "]),
        ("%", &["50% off"]),
        ("0% O", &["50% off"]),
        ("_", &["snake_case"]),
        ("!", &["wow!"]),
        ("!_", &[]),
        ("\\", &["back\\slash"]),
        ("\\\\", &[]),
        ("K\\S", &["back\\slash"]),
        ("'", &[]),
        ("é", &["CAFÉ"]),
        ("E\u{301}", &["Cafe\u{301}"]),
        ("cafe", &["Cafe\u{301}", "cafe"]),
        ("москв", &["МОСКВА"]),
        ("izmir", &["İZMİR"]),
        ("İzm", &["İZMİR"]),
        ("οδο", &["ΟΔΟΣ"]),
        ("ΔΟΣ", &["ΟΔΟΣ"]),
        ("οδος", &["ΟΔΟΣ"]),
        ("SS", &[]),
        ("😀", &["😀 Shop"]),
        ("shop", &["😀 Shop", "😁 shop"]),
    ] {
        assert_eq!(found(&world, needle).await, expected, "{needle:?}");
    }
}

#[apply(every_database)]
#[tokio::test]
async fn names_and_needles_of_any_length_can_be_searched(#[case] on: Backend) {
    let world = World::create(on).await;
    // The first becomes longer when a library folds it; the last is the most a pattern must escape.
    let names = ["İ", "Σ", "𝄞", "!"].map(|character| character.repeat(255));
    add_advertisers(&world, &names.each_ref().map(String::as_str)).await;
    for name in &names {
        assert_eq!(found(&world, name).await, std::slice::from_ref(name));
        assert_eq!(found(&world, &name.repeat(300)).await, [""; 0]);
    }
}
