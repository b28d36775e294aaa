package keygentest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A version is the minor number of API version 1.
type version int

const currentVersion version = 8

func (v version) String() string { return "1." + strconv.Itoa(int(v)) }

// parseVersion reads "1.0" to "1.8", with or without a leading v.
func parseVersion(s string) (version, bool) {
	s = strings.TrimPrefix(s, "v")
	for v := version(0); v <= currentVersion; v++ {
		if s == v.String() {
			return v, true
		}
	}
	return 0, false
}

// judgeVersion takes the version asked for. Without one the account's pinned version would apply, which is the
// current one for every account of the emulator.
func (x *exchange) judgeVersion() error {
	asked, sent := x.req.Header["Keygen-Version"]
	if !sent {
		return nil
	}
	v, ok := parseVersion(asked[0])
	if !ok {
		p := badRequest("INVALID_API_VERSION", "The requested API version is not supported", nil).about("versioning/")
		p.unsigned = true
		return p
	}
	x.version = v
	return nil
}

// idHeader returns the name under which clients of version v know a header that holds an id.
func (v version) idHeader(name string) string {
	if v <= 3 {
		return name + "-Id"
	}
	return name
}

// merged are the codes that versions before 1.8 kept from telling which half of the credentials was wrong.
var merged = []string{
	"EMAIL_REQUIRED", "EMAIL_INVALID", "PASSWORD_REQUIRED", "PASSWORD_INVALID", "PASSWORD_NOT_SUPPORTED",
}

// rewrite renders errors as clients of version v know them.
func (v version) rewrite(rt *route, p *problem) []apiError {
	out := slices.Clone(p.errors)
	login := rt != nil && rt.method == http.MethodPost && rt.path == "tokens" && p.status == http.StatusUnauthorized
	for i, e := range out {
		if v <= 7 && login && slices.Contains(merged, e.Code) {
			out[i].Code = "CREDENTIALS_INVALID"
			out[i].Detail = "email and password must be valid"
		}
		if v <= 5 && e.Code == "OWNER_NOT_FOUND" {
			out[i].Code = "USER_NOT_FOUND"
			out[i].Source = &source{Pointer: "/data/relationships/user"}
		}
	}
	return out
}
