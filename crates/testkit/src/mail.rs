//! Mail in tests: a mail server to send to, and letters read as a mail program reads them.

mod dialogue;
mod letter;
mod server;

pub use letter::{Letter, read_folder};
pub use server::{Delivery, MailServer, Security};
