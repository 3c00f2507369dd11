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
fn what_a_server_says_is_kept_without_the_address() {
    let told = told();
    let said = letter(&told, "Ada").without_address("550 <ADA@example.org>: ünknown ada@example.org, sorry");
    assert_eq!(said, "550 <the recipient>: ünknown the recipient, sorry");
}
