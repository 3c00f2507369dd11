use super::*;

fn told() -> Told {
    Told {
        subject: "Your tickets for Ödipus\r\nBcc: all".into(),
        body: "<b>One</b> & \"two\"\n'three'\n\nEnd".into(),
    }
}

fn letter<'a>(told: &'a Told, name: &'a str) -> Letter<'a> {
    Letter { id: Uuid::from_u128(7), at: DateTime::UNIX_EPOCH, told, email: "ada@example.org", name }
}

fn written(name: &str) -> String {
    let from = "Box office <tickets@example.org>".parse().unwrap();
    let message = letter(&told(), name).message(&from).unwrap();
    String::from_utf8(message.formatted()).unwrap()
}

#[test]
fn html_says_the_same_and_takes_nothing_for_markup() {
    assert_eq!(
        html("Hello <i>,\n\n<b>One</b> & \"two\"\n'three'\n"),
        "<!doctype html>\n<meta charset=\"utf-8\">\n<p>Hello &lt;i&gt;,</p>\n\
         <p>&lt;b&gt;One&lt;/b&gt; &amp; &quot;two&quot;<br>\n&#39;three&#39;</p>\n",
    );
}

#[test]
fn the_same_notification_has_the_same_message_id_and_date() {
    for _ in 0..2 {
        let written = written("Ada");
        assert!(
            written.contains("Message-ID: <00000000-0000-0000-0000-000000000007@stagedoor>\r\n"),
            "{written}"
        );
        assert!(written.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"), "{written}");
    }
}

#[test]
fn neither_a_title_nor_a_name_adds_a_header() {
    let written = written("Ada\" <eve@example.org>, \"");
    let headers: Vec<_> = written.split("\r\n\r\n").next().unwrap().split("\r\n").collect();
    assert!(headers.iter().all(|line| !line.starts_with("Bcc")), "{headers:?}");
    let from = "tickets@example.org".parse().unwrap();
    let message = letter(&told(), "Ada\" <eve@example.org>, \"").message(&from).unwrap();
    let to: Vec<String> = message.envelope().to().iter().map(ToString::to_string).collect();
    assert_eq!(to, ["ada@example.org"]);
}

#[test]
fn what_a_server_says_is_kept_without_whom_it_says_it_of() {
    let told = told();
    let said = |name, email, words| Letter { email, ..letter(&told, name) }.without_person(words);
    let ada = |words| said("Ada Ünal-King", "ada.k@example.org", words);
    assert_eq!(
        ada("550 <ADA.K@example.org>: ünknown ada.k@example.org, sorry"),
        "550 <[recipient]>: ünknown [recipient], sorry",
    );
    assert_eq!(ada("554 no mail for Ada ÜNAL-KING here"), "554 no mail for [recipient] here");
    assert_eq!(ada("550 5.1.1 mailbox ada.k is unknown"), "550 5.1.1 mailbox [recipient] is unknown");
    assert_eq!(ada("550 user ADA (k) is full"), "550 user [recipient] (k) is full");
    assert_eq!(said("Al", "al@b.co", "550 <al@b.co>: all gone"), "550 <[recipient]>: all gone");
    assert_eq!(said("İİİİ", "ada@b.co", "550 i̇i̇ ada"), "550 i̇i̇ [recipient]");
}
