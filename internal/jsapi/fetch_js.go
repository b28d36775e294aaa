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
		args.wrong = asError(err)
		args.wrong.Detail = "fetch: " + args.wrong.Detail
	}
	init := args.values.At(1)
	if init.Exists() && !init.IsObject() {
		args.refuse("init", "an object")
	}
	request := browser.Request{
		Method:  args.verb(init),
		Own:     args.headers(init),
		Seconds: a.Timeout,
		Signal:  args.signal(1),
	}
	if body := init.Get("body"); body.Exists() {
		request.Body = body
		if request.Method == "GET" || request.Method == "HEAD" {
			args.refuse("init.body", "absent from a "+request.Method)
		}
	}
	return func() (any, error) {
		var response browser.Value
		err := a.Auth.Use(func(token keygen.Token) error {
			request.URL, request.Headers = a.Client.URL(path, token)
			if !same(request.URL) {
				return &keygen.Error{Code: keygen.CodeArgument, Detail: "fetch: path leads elsewhere: use one below the account"}
			}
			got, done, err := browser.Open(request)
			response = got // none, rather than the answer to a try before
			if err != nil {
				return keygen.Failure(err)
			}
			defer done() // the page takes its time with the body
			return a.judge(got)
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
	if err != nil {
		return false
	}
	origin, _ := parsed.Get("origin").Text()
	path, _ := parsed.Get("pathname").Text()
	address, _, _ = strings.Cut(address, "?")
	return address == origin+path
}

// judge tells what an answer means for the session. Only a refusal is read, and
// of a copy: the body is the caller's.
func (a API) judge(response browser.Value) error {
	number, _ := response.Get("status").Number()
	headers := response.Get("headers")
	header := func(name string) string {
		value, _ := headers.Call("get", name)
		text, _ := value.Text()
		return text
	}
	var text string
	if status := int(number); status == 401 || status == 403 {
		clone, err := response.Call("clone")
		if err != nil {
			return nil
		}
		if promise, err := clone.Call("text"); err == nil {
			body, _ := browser.Await(promise)
			text, _ = body.Text()
		}
	}
	return a.Client.Judge(keygen.Answer(int(number), text, header))
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
