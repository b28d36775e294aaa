package jsapi

import (
	"strings"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
)

// fetch is the platform's fetch for paths of the account: with the session's
// token, and with its rules. It resolves to the browser's Response, whatever
// its status.
func fetch(a API, args *arguments) func() (any, error) {
	asked := args.text(0, "path")
	path, err := a.Client.Path(asked)
	if err != nil && args.wrong == nil {
		args.wrong = keygen.AsError(err)
		args.wrong.Detail = "fetch: " + args.wrong.Detail
	}
	init := args.values.At(1)
	if init.Exists() && !init.IsObject() {
		args.refuse("init", "an object")
	}
	request := browser.Request{
		Method: args.verb(init),
		Own:    args.headers(init),
		Signal: args.signal(1),
	}
	if body := init.Get("body"); body.Exists() {
		request.Body = body
		if request.Method == "GET" || request.Method == "HEAD" {
			args.refuse("init.body", "absent from a "+request.Method)
		}
	}
	return func() (any, error) {
		var response browser.Value
		err := a.use(request.Method, request.Signal, func(token keygen.Token, left int64) error {
			request.Seconds = float64(left) / 1000
			request.URL, request.Headers = a.Client.URL(path, token)
			if !same(request.URL) {
				return &keygen.Error{Code: keygen.CodeArgument, Detail: "fetch: path leads elsewhere: use one below the account"}
			}
			response = browser.Value{} // none, rather than the answer to a try before
			got, err := browser.Open(request)
			if err != nil {
				return keygen.Failure(err, request.URL, request.Signal)
			}
			defer got.Done() // the page takes its time with the body
			answer, err := a.read(got)
			if err != nil {
				return keygen.Failure(err, request.URL, request.Signal)
			}
			err = a.Client.Judge(request.Method, path, answer)
			// Where answers must be signed, those that never are reject, too.
			believed := a.Client.Verifier == nil || answer.Header("keygen-signature") != ""
			if err == nil || keygen.AsError(err).Code != keygen.CodeSignature && believed {
				response = got.Value
			}
			return err
		})
		// What the API refused is still an answer, as fetch has it.
		if response.Exists() {
			return response, nil
		}
		return nil, err
	}
}

// same says whether a browser takes an address as it stands: one that it would
// change (by dot segments, say) is not what was checked.
func same(address string) bool {
	parsed, err := browser.Window().Get("URL").New(address)
	taken, _ := parsed.Get("href").Text()
	return err == nil && taken == address
}

// read returns what there is to judge of an answer whose body is the caller's:
// a copy of it where it says what it means for the session, or is signed.
func (a API) read(answer browser.Opened) (*keygen.Response, error) {
	head := answer.Head()
	if head.Status != 401 && head.Status != 403 && a.Client.Verifier == nil {
		return keygen.Answer(head), nil
	}
	complete, err := answer.Copy()
	if err != nil && a.Client.Verifier == nil {
		return keygen.Answer(head), nil // the caller will see for himself
	}
	if err != nil {
		return nil, err
	}
	return keygen.Answer(complete), nil
}

// verb returns the method of a request.
func (a *arguments) verb(init browser.Value) string {
	value := init.Get("method")
	if !value.Exists() {
		return "GET"
	}
	text, _ := value.Text()
	switch verb := strings.ToUpper(text); verb {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE":
		return verb
	}
	a.refuse("init.method", "GET, HEAD, POST, PUT, PATCH or DELETE")
	return ""
}

// headers returns a page's own headers as a Headers object. What would replace
// the token or the account is refused.
func (a *arguments) headers(init browser.Value) browser.Value {
	given := init.Get("headers")
	if !given.Exists() {
		return browser.Value{}
	}
	headers, err := browser.Window().Get("Headers").New(given)
	if err != nil {
		a.refuse("init.headers", "headers")
		return browser.Value{}
	}
	for _, name := range []string{"authorization", "keygen-environment", "keygen-version", "keygen-account"} {
		if has, err := headers.Call("has", name); err != nil || has.True() {
			a.refuse("init.headers", "without "+name+", which the module sets")
		}
	}
	return headers
}
