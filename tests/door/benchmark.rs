//! redis-benchmark, against one node and against a cluster.

use crate::process::Door;
use crate::tools::run;

#[test]
fn it_measures_one_node() {
    let door = Door::open("--masters 1 --replicas 0", 1);
    let port = door.port.to_string();
    let said =
        run("redis-benchmark", &["-p", &port, "-n", "20000", "-P", "16", "-t", "set,get,incr,lpush,hset", "-q"]);
    assert_eq!(said.matches("requests per second").count(), 5, "{said}");
    assert!(!said.contains("WARNING") && !said.contains("rror"), "{said}");
}

#[test]
fn it_measures_a_cluster() {
    let door = Door::small();
    let port = door.port.to_string();
    let words = ["-p", &port, "--cluster", "-n", "20000", "-P", "4", "-r", "1000", "-t", "set,get", "-q"];
    let said = run("redis-benchmark", &words);
    assert_eq!(said.matches("requests per second").count(), 2, "{said}");
    assert!(!said.contains("WARNING") && !said.contains("rror"), "{said}");
}
