//! What holds for any two futures that are drawn side by side.

use super::*;
use crate::cluster::fact::FactId;
use crate::stage::fixture;
use crate::stage::shape::Shape;

const MS: Micros = 1_000;

fn mark(at: Micros, label: &str, kind: &'static str) -> Rc<Mark> {
    Rc::new(Mark { id: FactId(at), at, label: label.into(), sentence: label.into(), kind })
}

/// A failover from 12 s on, of which the other future knows nothing.
fn fire(mut city: Snapshot, end: Micros) -> Course {
    city.now = end;
    let marks = [
        (8_000, "SET user:123", "client"),
        (12_000, "Shop 3 burns", "fail"),
        (27_100, "PFAIL", "warn"),
        (27_600, "PFAIL", "warn"),
        (27_700, "FAIL", "fail"),
        (28_900, "election", "vote"),
        (29_100, "vote", "ballot"),
        (29_300, "promoted", "good"),
        (41_000, "GET user:123", "client"),
    ];
    let marks = marks.map(|(at, label, kind)| mark(at * MS, label, kind));
    let all = (27_700 * MS, 29_400 * MS);
    let gaps = [vec![all], vec![all], vec![(12_000 * MS, 29_300 * MS), (29_500 * MS, 29_510 * MS)]];
    let lanes = (1..).zip(gaps).map(|(shard, gaps)| Lane { shard, gaps });
    Course { marks: Rc::new(marks.into()), lanes: lanes.collect(), city: Rc::new(city) }
}

fn quiet(mut city: Snapshot, end: Micros) -> Course {
    city.now = end;
    let lanes = city.nodes.iter().filter(|node| !node.slots.is_empty());
    let lanes = lanes.map(|node| Lane { shard: node.shard, gaps: Vec::new() }).collect();
    let marks = vec![mark(8_000 * MS, "SET user:123", "client"), mark(11_000 * MS, "SET user:123", "client")];
    Course { marks: Rc::new(marks), lanes, city: Rc::new(city) }
}

/// Pairs of futures, with when they parted.
fn pairs() -> Vec<([Course; 2], Micros)> {
    let s = SECOND;
    vec![
        ([quiet(fixture::opening(), 60 * s), fire(fixture::promoted(), 48 * s)], 11 * s),
        ([fire(fixture::promoted(), 300 * s), quiet(fixture::opening(), 11 * s)], 11 * s),
        ([fire(fixture::waiting(), 28 * s), fire(fixture::burning(), 13 * s)], 0),
        ([quiet(fixture::large(12, 1, 4), 90 * s), fire(fixture::large(12, 1, 4), 90 * s)], 12 * s),
        ([quiet(fixture::large(100, 1, 8), 70 * s), quiet(fixture::large(100, 1, 8), 5_000 * s)], 5 * s),
        ([quiet(fixture::opening(), 0), quiet(fixture::opening(), 0)], 0),
    ]
}

/// The rooms of windows of all widths.
fn rooms() -> Vec<i32> {
    let mut rooms: Vec<i32> = (320..2_000).step_by(40).map(|window| room(window, false)).collect();
    rooms.push(room(1_280, true));
    rooms
}

/// The box of a shape that is not a text; of a path the box of its absolute points.
fn extent(shape: &Shape) -> Option<Bounds> {
    match shape {
        Shape::Rect { x, y, w, h, .. } => Some(Bounds::new(*x as i32, *y as i32, *w as i32, *h as i32)),
        Shape::Circle { x, y, r, .. } => {
            Some(Bounds::new((x - r) as i32, (y - r) as i32, (2.0 * r) as i32, (2.0 * r) as i32))
        }
        Shape::Path { d, .. } => {
            let starts = d.split('M').skip(1).map(|part| {
                let numbers = part.split(|sign: char| !(sign.is_ascii_digit() || sign == '.' || sign == '-'));
                let mut numbers = numbers.filter_map(|number| number.parse::<f32>().ok());
                (numbers.next().unwrap_or(0.0) as i32, numbers.next().unwrap_or(0.0) as i32)
            });
            let (xs, ys): (Vec<i32>, Vec<i32>) = starts.unzip();
            let (left, right) = (*xs.iter().min()?, *xs.iter().max()?);
            let (top, bottom) = (*ys.iter().min()?, *ys.iter().max()?);
            Some(Bounds { left, top, right, bottom })
        }
        Shape::Text(label) => Some(label.bounds()),
    }
}

#[test]
fn nothing_lies_outside_of_the_frame() {
    for (pair, parted) in pairs() {
        for width in rooms() {
            let drawing = draw([&pair[0], &pair[1]], parted, width);
            let frame = Bounds::new(0, 0, width, drawing.size.1);
            for shape in drawing.groups.iter().flat_map(|(_, shapes)| shapes) {
                let place = extent(shape);
                assert!(place.is_none_or(|place| frame.contains(&place)), "{shape:?} in {frame:?}");
            }
        }
    }
}

#[test]
fn labels_do_not_overlap() {
    for (pair, parted) in pairs() {
        for width in rooms() {
            let drawing = draw([&pair[0], &pair[1]], parted, width);
            let mut labels: Vec<&Label> = drawing.labels.iter().collect();
            labels.extend(drawing.groups.iter().flat_map(|(_, shapes)| shapes).filter_map(|shape| match shape {
                Shape::Text(label) if !drawing.labels.contains(label) => Some(label),
                _ => None,
            }));
            for (nth, label) in labels.iter().enumerate() {
                let other = labels[..nth].iter().find(|other| other.bounds().overlaps(&label.bounds()));
                assert_eq!(other, None, "{label:?} at {width}");
            }
        }
    }
}

#[test]
fn both_are_on_one_scale() {
    for width in rooms() {
        // The same act at the same moment stands at the same place in both, whatever comes after.
        let pair = [quiet(fixture::opening(), 90 * SECOND), fire(fixture::promoted(), 48 * SECOND)];
        let drawing = draw([&pair[0], &pair[1]], 7 * SECOND, width);
        let of = |wanted: &str| -> Vec<(i32, i32)> {
            let labels = drawing.labels.iter().filter(|label| &*label.text == wanted);
            labels.map(|label| (label.bounds().left, label.y)).collect()
        };
        let typed: Vec<f32> = drawing
            .groups
            .iter()
            .flat_map(|(_, shapes)| shapes)
            .filter_map(|shape| match shape {
                Shape::Rect { x, w, class, .. } if class == "m-good" && *w < 3.0 => Some(*x),
                _ => None,
            })
            .collect();
        // Two of this one (8 and 11 s), two of the other (8 and 41 s).
        assert_eq!((typed.len(), typed[0]), (4, typed[2]), "{typed:?}");
        let seconds = (typed[3] - typed[2]) / (typed[1] - typed[0]);
        assert!((seconds - 11.0).abs() < 2.0, "33 s are as long as eleven times 3 s: {seconds} at {width}");
        assert_eq!(of("This one").len(), 1);
    }
}

#[test]
fn the_time_without_an_answer_is_told_and_shaded() {
    let pair = [quiet(fixture::opening(), 60 * SECOND), fire(fixture::promoted(), 60 * SECOND)];
    let drawing = draw([&pair[0], &pair[1]], 11 * SECOND, 426);
    let said: Vec<String> =
        drawing.labels.iter().map(|label| Voice::Story.say(&label.text).into_owned()).collect();
    assert!(said.contains(&"all slots were served all the time".to_owned()), "{said:?}");
    assert!(said.contains(&"slots of Shop 3: no answer for 17.3 s".to_owned()), "{said:?}");
    let gaps: Vec<&Hued> = drawing
        .groups
        .iter()
        .filter(|(_, shapes)| {
            shapes.iter().any(|shape| matches!(shape, Shape::Rect { class, .. } if class == "beside-gap"))
        })
        .collect();
    assert_eq!(gaps.iter().map(|(shard, _)| *shard).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
    let spoken = Voice::Story.say(&drawing.spoken).into_owned();
    assert!(
        spoken.starts_with("This one: all slots were served all the time. The other: slots of Shop 3"),
        "{spoken}"
    );
    let goes_on = fire(fixture::burning(), 20 * SECOND);
    let open = Course { lanes: [Lane { shard: 3, gaps: vec![(12 * SECOND, 20 * SECOND)] }].into(), ..goes_on };
    let longest = open.longest(0).expect("there is a gap");
    assert_eq!(open.unserved(longest)[1], "no answer for 8.0 s so far");
}
