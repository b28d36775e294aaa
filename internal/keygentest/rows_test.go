package keygentest_test

import (
	"testing"

	"keygenauth/internal/keygentest"
)

// row is one line of the list of scenarios that the emulator has to play.
type row struct {
	name    string
	options keygentest.Options
	run     func(s *scene)
}

// runRows gives every row a server of its own.
func runRows(t *testing.T, rows []row) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { row.run(open(t, row.options)) })
	}
}

// community are the options of a server without environments and permissions.
var community = keygentest.Options{Community: true}

// refusedCredentials is the 401 of a login whose header is at fault.
func refusedCredentials(code string) want {
	return want{status: 401, code: code, inHeader: "Authorization"}
}

// refusedCode is the 401 of a login whose one-time code is at fault.
func refusedCode(code string) want { return want{status: 401, code: code, pointer: "/meta/otp"} }

// denied is the 403 that names no code.
func denied() want { return want{status: 403, title: "Access denied"} }

// inactive is the 403 of an account that has ended its subscription.
func inactive(acc keygentest.Account) want {
	return want{status: 403, title: "Account does not have an active subscription", account: acc}
}

func withCode(code string) string { return `{"meta":{"otp":"` + code + `"}}` }

func withAttributes(attributes string) string {
	return `{"data":{"type":"tokens","attributes":` + attributes + `}}`
}

func withBearer(data string) string {
	return `{"data":{"type":"tokens","relationships":{"bearer":{"data":` + data + `}}}}`
}
