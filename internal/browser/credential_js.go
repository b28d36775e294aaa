package browser

// OfferPassword asks the browser to offer to save a password that has just been
// accepted. It does nothing where the browser has no PasswordCredential.
func OfferPassword(id, password string) {
	data, _ := Object(map[string]any{"id": id, "password": password})
	credential, err := Window().Get("PasswordCredential").New(data)
	if err != nil {
		return
	}
	stored, err := Window().Get("navigator").Get("credentials").Call("store", credential)
	if err == nil {
		// Ignore a rejection: the user decides.
		_, _ = stored.Call("catch", Window().Get("Object"))
	}
}
