//! Robots, told by what they call themselves. Those that call themselves browsers are not found here.
//!
//! The words are parts of user agents: crawlers of search engines and shops of links, previews in messengers, scanners of mail,
//! libraries that programs send requests with.

/// What robots say somewhere in their names, in lower case.
const WORDS: &[&str] = &[
    // Most of those who look at the web for others.
    "bot",
    "crawl",
    "spider",
    "slurp",
    "archiver",
    "scrap",
    "feedfetcher",
    "mediapartners",
    "apis-google",
    "google-",
    "googleother",
    "bingpreview",
    "facebookexternalhit",
    "facebookcatalog",
    "meta-external",
    "whatsapp/",
    "vkshare",
    "skypeuripreview",
    "embedly",
    "linkpreview",
    "link preview",
    "ia_archiver",
    "chatgpt-user",
    "perplexity-user",
    "claude-user",
    // Those who look whether it is there, fast, or safe.
    "monitor",
    "uptime",
    "pingdom",
    "statuscake",
    "lighthouse",
    "pagespeed",
    "gtmetrix",
    "ptst/",
    "validator",
    "checker",
    "urlscan",
    "virustotal",
    "safebrowsing",
    "barracuda",
    "mimecast",
    "proofpoint",
    "censys",
    "zgrab",
    "masscan",
    "nmap",
    "nikto",
    "sqlmap",
    "expanse",
    // Browsers that nobody looks at.
    "headless",
    "phantomjs",
    "puppeteer",
    "playwright",
    "selenium",
    "webdriver",
    // Programs.
    "curl",
    "wget",
    "python",
    "aiohttp",
    "httpx",
    "java/",
    "apache-httpclient",
    "okhttp",
    "go-http-client",
    "libwww",
    "lwp::",
    "php/",
    "guzzle",
    "ruby",
    "faraday",
    "axios",
    "node-fetch",
    "undici",
    "got (",
    "dart/",
    "reqwest",
    "hyper/",
    "httpie",
    "postman",
    "insomnia",
    "powershell",
    "winhttp",
    "jmeter",
    "k6/",
    "ansible",
];

/// Names of telephones that have one of the words in them.
const TELEPHONES: &[&str] = &["cubot"];

/// Whether whoever calls itself this is no person. Browsers say who they are: so is whoever says nothing.
#[must_use]
pub fn is_robot(user_agent: &str) -> bool {
    let mut name = user_agent.to_lowercase();
    for telephone in TELEPHONES {
        name = name.replace(telephone, "");
    }
    name.trim().is_empty() || WORDS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn robots_are_known_by_their_names() {
        for robot in [
            "",
            "  ",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
            "Mozilla/5.0 (compatible; YandexMetrika/2.0; +http://yandex.com/bots)",
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 (compatible; AdsBot-Google-Mobile)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "TelegramBot (like TwitterBot)",
            "WhatsApp/2.23.20.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
            "curl/8.5.0",
            "python-requests/2.31.0",
            "Go-http-client/1.1",
        ] {
            assert!(is_robot(robot), "{robot}");
        }
    }

    #[test]
    fn browsers_of_people_are_not_taken_for_robots() {
        for person in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 YaBrowser/24.12.0.0 Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 309.0",
            "Mozilla/5.0 (Linux; Android 14; SM-S918B; wv) AppleWebKit/537.36 Version/4.0 Chrome/120.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/440.0]",
            "Opera/9.80 (Android; Opera Mini/36.2) Presto/2.12.423 Version/12.16",
        ] {
            assert!(!is_robot(person), "{person}");
        }
    }
}
