//! Who looks at ads: clients with bell-shaped ages and cities of very different sizes.

use super::{
    draw::Draw,
    vocabulary::{CITIES, MAIL_HOSTS, MEN, WOMEN},
};
use crate::contract::{Client, Gender};

/// The youngest client.
pub(super) const YOUNGEST: i32 = 14;
/// The oldest client.
pub(super) const OLDEST: i32 = 85;

/// Draws the clients; a login carries its number, so that none occurs twice.
pub(super) fn clients(count: u32, draw: &mut Draw) -> Vec<Client> {
    (1..=count).map(|number| client(number, draw)).collect()
}

fn client(number: u32, draw: &mut Draw) -> Client {
    let client_id = draw.uuid();
    let gender = if draw.chance(52) { Gender::Female } else { Gender::Male };
    let name = match gender {
        Gender::Female => draw.pick(&WOMEN),
        Gender::Male => draw.pick(&MEN),
    };
    let login = format!("{name}.{number}@{}", draw.pick(&MAIL_HOSTS));
    let location = (*draw.pick_weighted(&CITIES)).to_owned();
    Client { client_id, login, age: draw.bell(YOUNGEST, OLDEST), location, gender }
}
