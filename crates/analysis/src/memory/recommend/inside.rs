//! Settings of the programs that run, within the limit that will hold.

use plimsoll_snapshot::Bytes;

use super::super::inside::{self, Made};
use super::draft::{Draft, Known};
use super::reason::{Open, SettingReason};
use super::setting::Setting;

pub(super) fn add(known: &Known<'_>, limit: Option<Bytes>, draft: &mut Draft) {
    let Some(limit) = limit else { return };
    let memory = &known.memory;
    let most = memory.loaded.map(|loaded| loaded.max);
    let (mut variables, mut reasons) = (Vec::new(), Vec::new());
    for (setting, made) in inside::inside(known.service, limit, most, known.cpus(), &memory.usage) {
        match made {
            Made::Variable(name, value) => {
                variables.push((name, value));
                let used = setting.cuts(most).map(|used| SettingReason::BelowUse { used });
                reasons.push(SettingReason::Inside { setting });
                reasons.extend(used);
            }
            Made::Words(_) if setting.cuts(most).is_some() => {
                let used = most.unwrap_or_default();
                draft.leave(Open::LimitTooSmall { setting, used });
            }
            Made::Words(command) => {
                draft.set(Setting::Command(command), vec![SettingReason::Inside { setting }]);
            }
            Made::Already(by) => draft.leave(Open::SetAlready { setting, by }),
        }
    }
    if !variables.is_empty() {
        draft.set(Setting::Environment(variables), reasons);
    }
}
