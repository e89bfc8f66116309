//! The C3 linearisation of a class's bases.

use super::ClassRef;

/// The resolution order of a class with these bases, without the class itself.
/// `Err` names the bases that cannot be ordered, for the `TypeError`.
pub fn linearise(bases: &[ClassRef]) -> Result<Vec<ClassRef>, Vec<ClassRef>> {
    let mut rows: Vec<Vec<ClassRef>> = bases.iter().map(|base| base.full_mro()).collect();
    rows.push(bases.to_vec());
    let mut heads = vec![0usize; rows.len()];
    let mut order: Vec<ClassRef> = Vec::new();
    loop {
        let mut open = false;
        let mut chosen: Option<ClassRef> = None;
        for (row, &head) in rows.iter().zip(&heads) {
            let Some(candidate) = row.get(head) else { continue };
            open = true;
            let blocked = rows
                .iter()
                .zip(&heads)
                .any(|(row, &head)| row.iter().skip(head + 1).any(|class| class.same(candidate)));
            if !blocked {
                chosen = Some(candidate.clone());
                break;
            }
        }
        if !open {
            return Ok(order);
        }
        let Some(chosen) = chosen else {
            let mut stuck: Vec<ClassRef> = Vec::new();
            for (row, &head) in rows.iter().zip(&heads) {
                if let Some(class) = row.get(head)
                    && !stuck.iter().any(|seen| seen.same(class))
                {
                    stuck.push(class.clone());
                }
            }
            return Err(stuck);
        };
        for (row, head) in rows.iter().zip(heads.iter_mut()) {
            if row.get(*head).is_some_and(|class| class.same(&chosen)) {
                *head += 1;
            }
        }
        order.push(chosen);
    }
}
