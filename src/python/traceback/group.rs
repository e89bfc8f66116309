//! Exception groups as trees.

use super::Place;
use crate::python::value::Value;
use crate::python::vm::Vm;

/// Members shown of one group.
const MAX_WIDTH: usize = 15;
/// Groups shown inside each other.
const MAX_DEPTH: usize = 10;

impl Vm {
    /// A group, then its members one level deeper.
    pub(super) fn render_group(&mut self, group: &Value, place: &mut Place, text: &mut String) {
        if place.depth > MAX_DEPTH {
            text.push_str(&format!("{}... (max_group_depth is {MAX_DEPTH})\n", place.margin()));
            return;
        }
        if place.depth == 0 {
            place.depth = 1;
        }
        self.render_one(group, place, text);
        let members = self.group_members(group);
        let shown = if members.len() > MAX_WIDTH {
            MAX_WIDTH + 1
        } else {
            members.len()
        };
        place.need_close = false;
        for (at, member) in members.iter().take(shown).enumerate() {
            let last = at + 1 == shown;
            if last {
                // the closing line may be written by a group inside
                place.need_close = true;
            }
            let truncated = at >= MAX_WIDTH;
            let indent = "  ".repeat(place.depth);
            let start = if at == 0 { "+-" } else { "  " };
            let title = if truncated {
                "...".to_string()
            } else {
                (at + 1).to_string()
            };
            text.push_str(&format!("{indent}{start}+---------------- {title} ----------------\n"));
            place.depth += 1;
            if truncated {
                let more = members.len() - MAX_WIDTH;
                let plural = if more > 1 { "s" } else { "" };
                text.push_str(&format!("{}and {more} more exception{plural}\n", place.margin()));
            } else {
                self.render_chain(member, place, text);
            }
            if last && place.need_close {
                text.push_str(&format!(
                    "{}+------------------------------------\n",
                    "  ".repeat(place.depth)
                ));
                place.need_close = false;
            }
            place.depth -= 1;
        }
        if place.depth == 1 {
            place.depth = 0;
        }
    }
}
