use super::*;

/// The example of <https://www.standardwebhooks.com>, which other implementations check themselves by.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIMESTAMP: &str = "1614265330";
const BODY: &[u8] = br#"{"test": 2432232314}"#;
const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_614_265_330 + seconds, 0).unwrap()
}

fn standard(signatures: &str, body: &[u8], seconds: i64) -> Result<(), BadSignature> {
    Secrets::standard(SECRET).unwrap().check_standard((ID, TIMESTAMP, signatures), body, at(seconds))
}

#[test]
fn the_published_example_is_known() {
    assert_eq!(standard(SIGNATURE, BODY, 0), Ok(()));
    assert_eq!(Secrets::standard(SECRET).unwrap().sign_standard(ID, 1_614_265_330, BODY), SIGNATURE);
}

#[test]
fn one_of_several_signatures_is_enough_and_another_scheme_is_not() {
    assert_eq!(standard(&format!("v1,AAAA v2,x {SIGNATURE}"), BODY, 0), Ok(()));
    for wrong in ["", "v1,", "v1,AAAA", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="] {
        assert_eq!(standard(wrong, BODY, 0), Err(BadSignature), "{wrong}");
    }
}

#[test]
fn another_body_id_or_time_is_another_message() {
    assert_eq!(standard(SIGNATURE, br#"{"test":2432232314}"#, 0), Err(BadSignature));
    let secrets = Secrets::standard(SECRET).unwrap();
    for (id, timestamp) in [("msg_other", TIMESTAMP), (ID, "1614265331"), (ID, ""), (ID, "soon")] {
        let checked = secrets.check_standard((id, timestamp, SIGNATURE), BODY, at(0));
        assert_eq!(checked, Err(BadSignature), "{id} {timestamp}");
    }
}

#[test]
fn five_minutes_early_or_late_is_still_now() {
    for (seconds, expected) in
        [(300, Ok(())), (-300, Ok(())), (301, Err(BadSignature)), (-301, Err(BadSignature))]
    {
        assert_eq!(standard(SIGNATURE, BODY, seconds), expected, "{seconds}");
        let secrets = Secrets::stripe("whsec_a").unwrap();
        let signature = secrets.sign_stripe(1_614_265_330, BODY);
        assert_eq!(secrets.check_stripe(&signature, BODY, at(seconds)), expected, "{seconds}");
    }
}

#[test]
fn while_a_secret_is_replaced_both_are_good() {
    let old = Secrets::standard(SECRET).unwrap();
    let both = Secrets::standard(&format!("whsec_bmV3bmV3bmV3bmV3bmV3bmV3, {SECRET}")).unwrap();
    let signature = old.sign_standard(ID, 1_614_265_330, BODY);
    assert_eq!(both.check_standard((ID, TIMESTAMP, &signature), BODY, at(0)), Ok(()));
    assert_eq!(format!("{both:?}"), "2 secrets");
}

#[test]
fn stripes_header_may_have_several_signatures_and_one_time() {
    let secrets = Secrets::stripe("whsec_a").unwrap();
    let signature = secrets.sign_stripe(1_614_265_330, BODY);
    let several = signature.replace(",v1=", ",v1=00,v0=11,v1=");
    assert_eq!(secrets.check_stripe(&several, BODY, at(0)), Ok(()));
    let two_times = format!("{signature},t=1614265330");
    let hidden = signature.replace("v1=", "v0=");
    for wrong in [two_times.as_str(), &hidden, "", "v1=00", "t=,v1="] {
        assert_eq!(secrets.check_stripe(wrong, BODY, at(0)), Err(BadSignature), "{wrong}");
    }
}

#[test]
fn what_is_no_secret_is_said_before_it_matters() {
    for wrong in ["", "secret", "whsec_", "whsec_*", "whsec_bmV3"] {
        assert!(Secrets::standard(wrong).is_err(), "{wrong}");
    }
    for wrong in ["", "whsec_", "sk_test"] {
        assert!(Secrets::stripe(wrong).is_err(), "{wrong}");
    }
}
