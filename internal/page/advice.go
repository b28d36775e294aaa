package page

import "keygenauth/internal/keygen"

// The fields of a sign-in form.
const (
	fieldEmail    = "email"
	fieldPassword = "password"
	fieldOTP      = "otp"
)

// Advice is what a form does about a failed attempt.
type Advice struct {
	Message string
	// Notice says that the message is a step on the way rather than an error.
	Notice bool
	// Fields are those at fault, to be marked; the first gets focus. None when
	// the fault is not the user's.
	Fields []string
	// AskOTP says to show the field for the one-time code.
	AskOTP bool
	// SpentOTP says that the code typed, if any, will not work again.
	SpentOTP bool
	// Wait is how long submits are held back, in seconds.
	Wait int
	// Link is where the user signs in instead.
	Link string
}

// Advise returns what a form does about a failure, its message by say. With
// withOTP set the attempt carried a one-time code. The API judges the code
// before the password, and each code works once: a wrong password has spent it.
func Advise(failure *keygen.Error, withOTP bool, say func(code string) string) Advice {
	advice := Advice{Message: say(failure.Code), Link: failure.Link, Wait: failure.RetryAfter}
	switch failure.Code {
	case keygen.CodeEncoding:
		advice.Fields = []string{failure.Source.Parameter}
		if failure.Source.Parameter == "" { // the API's, for an email that is not UTF-8
			advice.Fields = []string{fieldEmail}
		}
	case keygen.CodeEmailRequired, keygen.CodeEmailColon:
		advice.Fields = []string{fieldEmail}
	case "EMAIL_INVALID", "PASSWORD_INVALID", "CREDENTIALS_INVALID":
		// Both fields, whichever it was: who guesses learns no email that exists.
		advice.Fields = []string{fieldPassword, fieldEmail}
		if withOTP {
			advice.SpentOTP = true
			advice.Message += " " + say(textOTPSpent)
		}
	case "PASSWORD_REQUIRED", "PASSWORD_NOT_SUPPORTED":
		advice.Fields = []string{fieldPassword}
	case keygen.CodeOTPRequired:
		advice.AskOTP, advice.Notice = true, true
		advice.Fields = []string{fieldOTP}
	case "OTP_INVALID":
		advice.AskOTP, advice.SpentOTP = true, true
		advice.Fields = []string{fieldOTP}
	}
	return advice
}
