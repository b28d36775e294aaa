package keygentest_test

// What a proxy or the server's configuration does, before the API has a say.
const inFront = "the emulator answers under whatever name and scheme it is reached by: tests need no proxy"

// differences are the exchanges in which the emulator answers otherwise, with the reason why it stays so.
var differences = map[string]string{
	"111w wrong host": inFront,
	"111x http":       inFront,
	"111y http ping":  inFront,
	"111z http post":  inFront,

	"104c proof": "an offline proof is for programs that hold the account's RSA key: no page asks for one",
}

// differencesOfDownloads likewise.
var differencesOfDownloads = map[string]string{}
