//! The two `curl` commands of the documentation (v1 index, "Content Type"), as curl 7.88 puts them on the wire.

use serde_json::json;

use super::client::Atlas;
use crate::client::{Answer, Client, server};

/// `-d @variables.json` takes the line breaks out of the file.
const JSON: &str = "PUT /api/v1/environments/example-org/test/variables HTTP/1.1\r\nHost: HOST\r\n\
    User-Agent: curl/7.88.1\r\nAccept: */*\r\nContent-Type: application/json\r\nX-Atlas-Token: TOKEN\r\n\
    Content-Length: 66\r\n\r\n{  \"variables\": {    \"desired_capacity\": \"15\",    \"foo\": \"bar\"  }}";

/// The brackets are raw, and the quotes of the shell are gone.
const FORM: &str = "PUT /api/v1/environments/example-org/test/variables HTTP/1.1\r\nHost: HOST\r\n\
    User-Agent: curl/7.88.1\r\nAccept: */*\r\nX-Atlas-Token: TOKEN\r\nContent-Length: 49\r\n\
    Content-Type: application/x-www-form-urlencoded\r\n\r\nvariables[foo]=bar&variables[desired_capacity]=15";

#[test]
fn both_commands_have_the_same_effect() {
    let (one, other) = (server(), server());
    let send = |server: &tfe_reference::BlockingServer, request: &str| -> Answer {
        let request = request.replace("HOST", server.address().strip_prefix("http://").unwrap());
        let request = request.replace("TOKEN", &server.tokens().atlas_user);
        let close = request.replacen("Accept: ", "Connection: close\r\nAccept: ", 1);
        Client::anonymous(server).exchange(close.as_bytes())
    };
    let (json, form) = (send(&one, JSON), send(&other, FORM));
    assert_eq!((json.status, json.body.len()), (200, 0));
    assert_eq!((form.status, form.body.len()), (json.status, json.body.len()));
    let expected = json!({ "desired_capacity": "15", "foo": "bar" });
    for server in [&one, &other] {
        assert_eq!(Atlas::user(server).variables("test"), expected);
    }
    // In either order, on the same environment.
    for request in [FORM, JSON, FORM] {
        assert_eq!(send(&one, request).status, 200);
        assert_eq!(Atlas::user(&one).variables("test"), expected);
    }
}
