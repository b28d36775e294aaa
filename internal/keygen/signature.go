package keygen

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Verifier is the cryptography that tells the account's answers from others'.
type Verifier interface {
	// Digest returns the SHA-256 sum of data.
	Digest(data []byte) []byte
	// Verify says whether signature is that of text by the account's Ed25519 key.
	Verify(signature, text []byte) bool
	// Open returns what AES-256-GCM has sealed; nil for another key, or sealed text
	// that somebody has changed. The last bytes of it are the tag.
	Open(key, nonce, sealed []byte) []byte
	// Nonce returns a number that was hardly ever used before.
	Nonce() int64
}

// maxAge is how far, in milliseconds, the time of an answer may be from now. An
// answer from another time may be one that somebody has kept.
const maxAge = 5 * 60 * 1000

// signedParts are what the account signs of an answer, in this order.
const signedParts = "(request-target) host date digest"

// verify returns when the account made its answer to a request. It fails with
// SIGNATURE_INVALID for an answer that the account did not sign, or not for this
// request, or not now (https://keygen.sh/docs/api/signatures/), and with
// ADDRESS_UNKNOWN for the refusals that are never signed. Answers of 429
// and from 500 on are never signed: they pass, but tell no time.
func (c *Client) verify(method, path string, response *Response) (made int64, dated bool, err error) {
	if response.Status == 429 || response.Status >= 500 {
		return 0, false, nil
	}
	// What finds no endpoint or account has no key to sign with, either.
	if response.Header("keygen-signature") == "" && response.Refuses && (response.Status == 404 || response.Status == 400) {
		return 0, false, &Error{
			Code:      CodeAddress,
			Status:    response.Status,
			Detail:    "the API knows no such address (status " + strconv.Itoa(response.Status) + ", not signed)",
			RequestID: response.Header("x-request-id"),
		}
	}
	made, fault := c.signed(method, path, response)
	if fault == "" && response.Refuses && response.Status < 400 {
		fault = "refuses with the status of a success; a status is not signed"
	}
	if fault == "" && !c.fresh(made) {
		c.askTime()
		if !c.fresh(made) {
			fault = "was made at another time"
		}
	}
	if fault != "" {
		return 0, false, &Error{
			Code:      CodeSignature,
			Status:    response.Status,
			Detail:    "the answer (status " + strconv.Itoa(response.Status) + ") " + fault,
			RequestID: response.Header("x-request-id"),
		}
	}
	return made, true, nil
}

// signed checks all but the age of an answer. It returns when the answer was
// made, or what is wrong.
func (c *Client) signed(method, path string, response *Response) (made int64, fault string) {
	header := response.Header("keygen-signature")
	if header == "" {
		return 0, "has no signature"
	}
	if parameter(header, "algorithm") != "ed25519" || parameter(header, "headers") != signedParts {
		return 0, "is signed in a way other than " + signedParts + " by ed25519"
	}
	// A proxy may replace the standard headers.
	either := func(name string) string {
		if own := response.Header("keygen-" + name); own != "" {
			return own
		}
		return response.Header(name)
	}
	date, digest := either("date"), either("digest")
	// That of a HEAD is of the body that there would be. There is none to believe.
	if method != "HEAD" && digest != "sha-256="+base64.StdEncoding.EncodeToString(c.Verifier.Digest(response.Raw)) {
		return 0, "is not what was signed: its digest differs"
	}
	target := strings.TrimSuffix(strings.TrimPrefix(c.base()+path, c.Host), "?")
	text := "(request-target): " + strings.ToLower(method) + " " + target +
		"\nhost: " + hostname(c.Host) + "\ndate: " + date + "\ndigest: " + digest
	if !c.Verifier.Verify(decode(parameter(header, "signature")), []byte(text)) {
		return 0, "is not signed for this request by the account that data-public-key is of"
	}
	made, ok := c.ParseTime(date)
	if !ok {
		return 0, "has no date"
	}
	return made, ""
}

// now returns the time as far as the account's own answers have corrected it.
func (c *Client) now() int64 { return c.Now() + c.skew }

// fresh says whether a time is about now.
func (c *Client) fresh(made int64) bool {
	age := c.now() - made
	return -maxAge <= age && age <= maxAge
}

// askTime puts the clock right, which may be why an answer seems old: the
// account's answer to a request that nobody can have made before was made now.
func (c *Client) askTime() {
	path := "/me?nonce=" + strconv.FormatInt(c.Verifier.Nonce(), 10)
	asked := c.Now()
	response, err := c.transmit(call{method: "GET", path: path})
	if err != nil || c.Now()-asked > maxAge {
		return
	}
	if made, fault := c.signed("GET", path, response); fault == "" {
		c.skew = made - c.Now()
	}
}

// parameter returns the value of a parameter of a header such as
// `name="value", other="value"`, "" when there is none.
func parameter(header, name string) string {
	for part := range strings.SplitSeq(header, ",") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(part), name+`="`); ok {
			return strings.TrimSuffix(value, `"`)
		}
	}
	return ""
}

// hostname returns the host of an origin, without its port.
func hostname(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return host
}

// decode returns what base64 text stands for; nil for what is none.
func decode(text string) []byte {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return data
}
