//! What the environment asks for.

use std::{path::PathBuf, time::Duration};

use crate::{Point, Sabotage, trigger::Trigger};

/// What happens at a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    Kill,
    Stop,
    Pause(Duration),
    Hold(PathBuf),
    Panic,
    Fail,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) point: Point,
    pub(crate) action: Action,
    pub(crate) trigger: Trigger,
}

/// Rules and sabotages, in the order in which they were given.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) rules: Vec<Rule>,
    pub(crate) sabotages: Vec<(Sabotage, Trigger)>,
}

impl Plan {
    /// Reads what the variables hold; says what it does not understand.
    pub(crate) fn parse(rules: &str, sabotages: &str) -> Result<Self, String> {
        Ok(Self {
            rules: listed(rules, ';').map(rule).collect::<Result<_, _>>()?,
            sabotages: listed(sabotages, ',').map(sabotage).collect::<Result<_, _>>()?,
        })
    }
}

fn listed(text: &str, by: char) -> impl Iterator<Item = &str> {
    text.split(by).map(str::trim).filter(|part| !part.is_empty())
}

fn rule(text: &str) -> Result<Rule, String> {
    let (what, trigger) = triggered(text)?;
    let (name, action) = what.split_once('=').ok_or_else(|| format!("{text:?} is not point=action"))?;
    let point = Point::named(name).ok_or_else(|| format!("there is no point {name:?}"))?;
    let action = Action::parse(action).ok_or_else(|| format!("{action:?} is not an action"))?;
    if action == Action::Fail && !point.may_fail() {
        return Err(format!("{name} can't be made to fail"));
    }
    Ok(Rule { point, action, trigger })
}

fn sabotage(text: &str) -> Result<(Sabotage, Trigger), String> {
    let (name, trigger) = triggered(text)?;
    let sabotage = Sabotage::named(name).ok_or_else(|| format!("there is no sabotage {name:?}"))?;
    Ok((sabotage, trigger))
}

fn triggered(text: &str) -> Result<(&str, Trigger), String> {
    let Some((what, trigger)) = text.split_once('@') else { return Ok((text, Trigger::default())) };
    let trigger = Trigger::parse(trigger).ok_or_else(|| format!("{trigger:?} is not a trigger"))?;
    Ok((what, trigger))
}

impl Action {
    fn parse(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None => match text {
                "kill" => Some(Self::Kill),
                "stop" => Some(Self::Stop),
                "panic" => Some(Self::Panic),
                "fail" => Some(Self::Fail),
                _ => None,
            },
            Some(("pause", milliseconds)) => {
                Some(Self::Pause(Duration::from_millis(milliseconds.parse().ok()?)))
            }
            Some(("hold", file)) => file.starts_with('/').then(|| Self::Hold(file.into())),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_and_every_sabotage_can_be_named() {
        for point in Point::ALL {
            assert_eq!(Plan::parse(&format!("{point}=kill@2"), "").unwrap().rules[0].point, *point);
            assert_eq!(Plan::parse(&format!("{point}=fail"), "").is_ok(), point.may_fail(), "{point}");
        }
        for sabotage in Sabotage::ALL {
            assert_eq!(Plan::parse("", sabotage.name()).unwrap().sabotages[0].0, *sabotage);
        }
    }

    #[test]
    fn several_rules_are_read_in_their_order() {
        let given =
            "relay/acked=pause:200@1/50#3; sequencer/before-commit=fail;hint/heard=hold:/some/file@/another;";
        let plan = Plan::parse(given, "skip-lock,positions-go-back@1/2#1").unwrap();
        let actions: Vec<Action> = plan.rules.iter().map(|rule| rule.action.clone()).collect();
        let hold = Action::Hold("/some/file".into());
        assert_eq!(actions, [Action::Pause(Duration::from_millis(200)), Action::Fail, hold]);
        assert_eq!(plan.sabotages.len(), 2);
    }

    #[test]
    fn what_is_misspelt_is_named() {
        for (rules, sabotages, complaint) in [
            ("relay/ackd=kill", "", "relay/ackd"),
            ("relay/acked", "", "point=action"),
            ("relay/acked=explode", "", "explode"),
            ("relay/acked=pause:soon", "", "pause:soon"),
            ("relay/acked=hold:here", "", "hold:here"),
            ("relay/acked=kill@never", "", "never"),
            ("sequencer/decided=fail", "", "sequencer/decided"),
            ("", "skip-locks", "skip-locks"),
            ("", "skip-lock@", "not a trigger"),
        ] {
            let error = Plan::parse(rules, sabotages).unwrap_err();
            assert!(error.contains(complaint), "{error}");
        }
    }
}
