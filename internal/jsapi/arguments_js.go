package jsapi

import (
	"strconv"

	"keygenauth/internal/browser"
	"keygenauth/internal/keygen"
)

// arguments are what a script called a method with. The first one that is wrong
// is kept: the call is refused by an error that names it.
type arguments struct {
	method string
	values browser.Value
	wrong  *keygen.Error
	read   int // how many there are before the options
}

// refuse keeps what is wrong with an argument.
func (a *arguments) refuse(name, must string) {
	if a.wrong == nil {
		a.wrong = &keygen.Error{Code: keygen.CodeArgument, Detail: a.method + ": " + name + " must be " + must}
	}
}

// at returns an argument, undefined where the options stand in its place.
func (a *arguments) at(i int) browser.Value {
	value := a.values.At(i)
	if value.IsObject() && !value.IsArray() {
		if keys := value.Keys(); len(keys) == 1 && keys[0] == "signal" {
			return browser.Value{}
		}
	}
	a.read = i + 1
	return value
}

// text returns an argument that is a text with something in it.
func (a *arguments) text(i int, name string) string {
	text, _ := a.at(i).Text()
	if text == "" {
		a.refuse(name, "a text that is not empty")
	}
	return text
}

// id returns an argument that becomes a segment of a path.
func (a *arguments) id(i int, name string) string {
	id := a.text(i, name)
	if !keygen.IsSegment(id) {
		a.refuse(name, keygen.ASegment)
	}
	return id
}

// signal returns the AbortSignal of the options, undefined for none.
func (a *arguments) signal(i int) browser.Value {
	options := a.values.At(i)
	if !options.Exists() {
		return browser.Value{}
	}
	if !options.IsObject() {
		a.refuse("options", "an object")
	}
	signal := options.Get("signal")
	if signal.Exists() && signal.Get("aborted").IsBoolean() {
		return signal
	}
	if signal.Exists() {
		a.refuse("signal", "an AbortSignal")
	}
	return browser.Value{}
}

// credentials returns those of signIn, and whether the session shall outlive
// the tab (it does unless told otherwise).
func (a *arguments) credentials() (credentials keygen.Credentials, remember bool) {
	given := a.values.At(0)
	if !given.IsObject() {
		a.refuse("its argument", "an object {email, password, otp?, remember?}")
		return credentials, false
	}
	member := func(name string, optional bool) string {
		value := given.Get(name)
		text, ok := value.Text()
		switch {
		case ok && !value.WellFormed():
			credentials.Malformed = name
		case !ok && !(optional && !value.Exists()):
			a.refuse(name, "a text")
		}
		return text
	}
	credentials.Email = browser.SendableEmail(member("email", false))
	credentials.Password = member("password", false)
	credentials.OTP = member("otp", true)
	wish := given.Get("remember")
	if wish.Exists() && !wish.IsBoolean() {
		a.refuse("remember", "true or false")
	}
	return credentials, !wish.Exists() || wish.True()
}

// object returns an argument that is an object, with Go's values. One that may
// be left out is nil then.
func (a *arguments) object(i int, name string, optional bool) keygen.Attributes {
	given := a.at(i)
	if !given.Exists() && optional {
		return nil
	}
	converted, ok := given.ToGo(8)
	members, isObject := converted.(map[string]any)
	if !ok || !isObject {
		a.refuse(name, "an object of what JSON can hold")
	}
	return members
}

// count returns an argument that is a whole number above zero, as a meta object
// of that name; nil where it is left out.
func (a *arguments) count(i int, name string) keygen.Attributes {
	given := a.at(i)
	if !given.Exists() {
		return nil
	}
	number, ok := given.Number()
	if !ok || number < 1 || number != float64(int64(number)) {
		a.refuse(name, "a whole number above zero")
	}
	return keygen.Attributes{name: number}
}

// query returns the parameters that an object such as
// {limit: 5, page: {cursor: "", size: 5}, status: "ACTIVE"} stands for.
func (a *arguments) query(i int) []keygen.Parameter {
	given := a.at(i)
	if !given.Exists() {
		return nil
	}
	if !given.IsObject() || given.IsArray() {
		a.refuse("query", "an object")
		return nil
	}
	var parameters []keygen.Parameter
	var add func(name string, value browser.Value, depth int)
	add = func(name string, value browser.Value, depth int) {
		if !value.Exists() {
			return
		}
		if text, ok := value.Text(); ok {
			parameters = append(parameters, keygen.Parameter{Name: name, Value: text})
		} else if number, ok := value.Number(); ok {
			parameters = append(parameters, keygen.Parameter{Name: name, Value: strconv.FormatFloat(number, 'f', -1, 64)})
		} else if value.IsBoolean() {
			parameters = append(parameters, keygen.Parameter{Name: name, Value: strconv.FormatBool(value.True())})
		} else if value.IsObject() && !value.IsArray() && depth == 0 {
			for _, key := range value.Keys() {
				add(name+"["+key+"]", value.Get(key), depth+1)
			}
		} else {
			a.refuse("query."+name, "a text, a number, true or false")
		}
	}
	for _, key := range given.Keys() {
		if key == "token" || key == "auth" {
			a.refuse("query", "free of tokens: the session's is sent")
		}
		add(key, given.Get(key), 0)
	}
	return parameters
}
