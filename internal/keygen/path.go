package keygen

import "strings"

// CodeArgument is the code of a call that was not made because an argument is
// wrong.
const CodeArgument = "ARGUMENT_INVALID"

// Path returns a path below the account, ready for URL, from what a page's
// script asked for: "licenses?limit=5", "/me", or the path of a paging link
// with the account in it. It fails with ARGUMENT_INVALID for whatever could lead
// elsewhere once a browser has had its way with it (other origins, dot
// segments, backslashes, control characters), and for credentials in the query.
func (c *Client) Path(asked string) (string, error) {
	refuse := func(why string) (string, error) {
		return "", &Error{Code: CodeArgument, Detail: "path " + why + `: use a path below the account, such as "licenses?limit=5"`}
	}
	path, query, hasQuery := strings.Cut(asked, "?")
	first, _, _ := strings.Cut(path, "/")
	if below, ok := strings.CutPrefix(path, strings.TrimPrefix(c.base(), c.Host)); ok && (below == "" || below[0] == '/') {
		path = below
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	switch {
	case path == "/":
		return refuse("is empty")
	case strings.HasPrefix(path, "//"):
		return refuse("starts with two slashes")
	case strings.Contains(first, ":"), strings.Contains(path, "://"):
		return refuse("names an origin")
	case strings.ContainsAny(asked, "\\#"):
		return refuse("contains a backslash or #")
	}
	for _, r := range asked {
		if r <= ' ' || r >= 0x7f || strings.ContainsRune("\"<>^`{|}", r) {
			return refuse("contains a character that must be percent-encoded (encodeURIComponent)")
		}
	}
	// Escaped slashes are none to a browser, but to what may stand behind it.
	for _, segment := range strings.FieldsFunc(unescape(path), func(r rune) bool { return r == '/' || r == '\\' }) {
		if segment == "." || segment == ".." {
			return refuse("contains dot segments")
		}
	}
	if !hasQuery {
		return path, nil
	}
	for parameter := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(parameter, "=")
		if name = strings.ToLower(unescape(name)); name == "token" || name == "auth" {
			return refuse("has a token in its query, where it would end up in logs")
		}
	}
	// Browsers escape this one by themselves.
	return path + "?" + strings.ReplaceAll(query, "'", "%27"), nil
}

const hexDigits = "0123456789ABCDEF"

// unescape returns what percent-encoded text stands for. A sign that escapes
// nothing stays.
func unescape(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			digits := strings.ToUpper(text[i+1 : i+3])
			high, low := strings.IndexByte(hexDigits, digits[0]), strings.IndexByte(hexDigits, digits[1])
			if high >= 0 && low >= 0 {
				out.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// IsSegment says whether a text can be one segment of a path, once it is escaped:
// an id, a key, a fingerprint, an email. Anything else leads to another path, if
// not in a browser (which reads "%2e%2E" as "..") then in what stands behind it.
// Slashes may be in keys ("key/…" where they are signed) and fingerprints (base64).
func IsSegment(text string) bool {
	plain := unescape(text)
	all, dots, others := 0, 0, 0 // characters but blanks and slashes; the latter two since the last slash
	for i := range len(plain) + 1 {
		switch {
		case i == len(plain) || plain[i] == '/':
			if others == 0 && (dots == 1 || dots == 2) {
				return false
			}
			all, dots, others = all+dots+others, 0, 0
		case plain[i] == '.':
			dots++
		case plain[i] < ' ' || plain[i] == 0x7f || strings.IndexByte(`\?#`, plain[i]) >= 0:
			return false
		case plain[i] != ' ':
			others++
		}
	}
	return all > 0
}

// checkPath fails with ARGUMENT_INVALID for a path that is not made of segments.
// All calls come through here, whoever joined their path.
func checkPath(path string) error {
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "/"), "?")
	for more := true; more; {
		var segment string
		if segment, path, more = strings.Cut(path, "/"); !IsSegment(unescape(segment)) {
			return &Error{Code: CodeArgument, Detail: "what is in the path must be " + ASegment}
		}
	}
	return nil
}

// ASegment is what an id must be, for errors.
const ASegment = `an id, not a path: no dots alone, and none of \ ? #`

// Escape returns text as one segment of a path (which IsSegment must have let
// through), or one name or value of a query.
func Escape(text string) string {
	var out strings.Builder
	for i := range len(text) {
		b := text[i]
		if 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("-_.~", b) >= 0 {
			out.WriteByte(b)
		} else {
			out.WriteByte('%')
			out.WriteByte(hexDigits[b>>4])
			out.WriteByte(hexDigits[b&15])
		}
	}
	return out.String()
}

// Parameter is one pair of a query.
type Parameter struct{ Name, Value string }

// Query returns the query string of parameters, "" for none, else with its "?".
func Query(parameters []Parameter) string {
	var out strings.Builder
	for i, p := range parameters {
		if i == 0 {
			out.WriteByte('?')
		} else {
			out.WriteByte('&')
		}
		out.WriteString(Escape(p.Name) + "=" + Escape(p.Value))
	}
	return out.String()
}
