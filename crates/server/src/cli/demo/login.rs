//! The demo's login: an account that runs the installation, made when the demo opens on one without people.
//!
//! Its password stands in a file of the data directory that only its owner reads, so that every start can show it.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use barker_app::{
    App,
    membership::{self, Appointment, Reach},
    new_password,
    user::{self, NewUser},
};
use barker_domain::{Code, Error, ProjectId, Result, membership::Role, page::Page, trail::Origin, user::Locale};

const EMAIL: &str = "demo@example.com";
const NAME: &str = "Demo";
const FILE: &str = "demo-password";
const PRIVATE: u32 = 0o600;

/// What somebody types to log in.
#[derive(Debug)]
pub(in crate::cli) struct Login {
    pub(super) email: &'static str,
    pub(super) password: String,
}

/// The login that was made before, or a new one that owns the project; none where other people are at work already.
pub(super) async fn prepare(app: &App, project_id: ProjectId, data_dir: &Path) -> Result<Option<Login>> {
    let path = data_dir.join(FILE);
    let kept = read(&path)?;
    let is_new = user::list(app, Page::default(), None).await?.total == 0;
    let password = match kept {
        Some(password) => password,
        None if is_new => new_password()?,
        None => return Ok(None),
    };
    if is_new {
        // The file comes first: whoever is stopped in between makes the account with this password next time.
        write(&path, &password)?;
        make_account(app, project_id, &password).await?;
    }
    Ok(Some(Login { email: EMAIL, password }))
}

async fn make_account(app: &App, project_id: ProjectId, password: &str) -> Result<()> {
    let new =
        NewUser { email: EMAIL.to_owned(), password: password.to_owned(), name: NAME.to_owned(), locale: Locale::En, invitation: None };
    let made = user::create(app, new, true, &Origin::system()).await?;
    let wanted = Appointment { project_id, user_id: made.id, role: Role::Owner };
    membership::appoint(app, wanted, Reach::Everybody, &Origin::system()).await.map(drop)
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(password) => Ok(Some(password.trim().to_owned()).filter(|password| !password.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::new(Code::Misconfigured, format!("cannot read {}", path.display())).caused_by(error)),
    }
}

fn write(path: &Path, password: &str) -> Result<()> {
    let written = File::options().create(true).truncate(true).write(true).mode(PRIVATE).open(path).and_then(|mut file| {
        file.write_all(password.as_bytes())?;
        file.write_all(b"\n")
    });
    written.map_err(|error| Error::new(Code::Misconfigured, format!("cannot write {}", path.display())).caused_by(error))
}
