//! The drawer: between 900 and 1279 px the inspector lies over the right of the city, which moves aside for what was
//! pressed.

use super::parcel::Parcel;
use super::scene::Scene;
use crate::cluster::id::HostId;

/// How wide the drawer is, as the style sheet has it.
const WIDTH: i32 = 316;
/// What is left free between a shop and the drawer.
const GAP: i32 = 10;

/// How far the city moves to the left, so that this shop stands beside the drawer.
pub fn slide(scene: &Scene, host: HostId) -> i32 {
    let shop = scene.shops.iter().find(|shop| shop.host == host).map(|shop| shop.touch);
    let place = shop.or_else(|| Some(scene.map.as_ref()?.tile(host)?.place));
    place.map_or(0, |place| aside(scene, place.right))
}

/// The same for a message that stands still.
pub fn slide_to_message(scene: &Scene, message: u64) -> i32 {
    let parcel = scene.parcels.iter().find(|parcel| parcel.id == message);
    parcel.map_or(0, |parcel| aside(scene, parcel.place.0 / 10 + Parcel::REACH))
}

fn aside(scene: &Scene, right: i32) -> i32 {
    (right + GAP + WIDTH - scene.frame.width).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::fixture;
    use crate::stage::frame::Frame;
    use crate::stage::scene::Look;

    #[test]
    fn what_was_pressed_stands_beside_the_drawer() {
        for (window, width) in [((900, 700), 552), ((1024, 768), 676), ((1279, 900), 931)] {
            for city in [fixture::opening(), fixture::large(10, 2, 5), fixture::large(100, 1, 8)] {
                let scene = Scene::of(&city, Frame::of_page(window, width), &Look::default());
                let mut moved = 0;
                for node in &city.nodes {
                    let by = slide(&scene, node.host);
                    let shop = scene.shops.iter().find(|shop| shop.host == node.host).map(|shop| shop.touch);
                    let tile = || scene.map.as_ref().and_then(|map| map.tile(node.host)).map(|tile| tile.place);
                    let place = shop.or_else(tile).expect("it is drawn");
                    assert!(
                        place.left - by >= 0 && place.right - by <= width - WIDTH,
                        "{width}: {place:?} by {by}"
                    );
                    moved += i32::from(by > 0);
                }
                assert!(0 < moved && moved < city.nodes.len() as i32, "{moved} of {}", city.nodes.len());
            }
        }
    }
}
