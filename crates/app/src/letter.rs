//! What Barker writes to people, in their language. How it reaches them is the mailer's business.

use barker_domain::{Email, user::Locale};
use barker_infra::mail::Message;

/// An invitation into a project.
pub(crate) struct Invited<'a> {
    /// What the project is called.
    pub(crate) project: &'a str,
    /// Who invites.
    pub(crate) by: &'a str,
    /// Where to accept it.
    pub(crate) link: &'a str,
}

/// The letter with an invitation.
pub(crate) fn invitation(to: &Email, locale: Locale, Invited { project, by, link }: &Invited<'_>) -> Message {
    let (project, by) = (on_one_line(project), on_one_line(by));
    let (subject, text) = match locale {
        Locale::En => (
            "An invitation to Barker",
            format!(
                "{by} invites you to work in the project \u{201c}{project}\u{201d}.\n\nTo accept, open this link within a week:\n{link}\n\n\
                 If you did not expect this, ignore this mail: nothing happens.\n"
            ),
        ),
        Locale::Ru => (
            "Приглашение в Barker",
            format!(
                "{by} приглашает вас работать в проекте «{project}».\n\nЧтобы принять приглашение, откройте эту ссылку в течение недели:\n{link}\n\n\
                 Если вы этого не ждали, не отвечайте: ничего не произойдёт.\n"
            ),
        ),
    };
    message(to, subject, text)
}

/// The letter with a link to set a new password.
pub(crate) fn reset(to: &Email, locale: Locale, link: &str) -> Message {
    let (subject, text) = match locale {
        Locale::En => (
            "A new password for Barker",
            format!(
                "Somebody, probably you, has lost the password of this account.\n\nTo set a new one, open this link within an hour:\n{link}\n\n\
                 If it was not you, ignore this mail: the password stays as it is.\n"
            ),
        ),
        Locale::Ru => (
            "Новый пароль для Barker",
            format!(
                "Кто-то, скорее всего вы, потерял пароль от этой учётной записи.\n\nЧтобы задать новый, откройте эту ссылку в течение часа:\n{link}\n\n\
                 Если это были не вы, не отвечайте: пароль останется прежним.\n"
            ),
        ),
    };
    message(to, subject, text)
}

fn message(to: &Email, subject: &str, text: String) -> Message {
    Message { to: to.as_str().to_owned(), subject: subject.to_owned(), text, html: None }
}

/// What somebody else has chosen must not look like a paragraph of ours.
fn on_one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_lines_of_its_own_stays_on_one() {
        let to = Email::parse("", "anna@example.com").unwrap();
        for locale in Locale::ALL {
            let letter = invitation(&to, locale, &Invited { project: "A\n\nPay here:", by: "B\r\nC", link: "https://x/#t" });
            assert!(letter.text.contains("A  Pay here:") && letter.text.contains("B  C"), "{}", letter.text);
            assert!(letter.text.contains("\nhttps://x/#t\n") && reset(&to, locale, "https://x/#t").text.contains("\nhttps://x/#t\n"));
        }
    }
}
