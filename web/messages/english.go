// Code generated from en.json by generate.go. DO NOT EDIT.

package messages

// English is the English table as JSON. All languages have its keys.
const English = `{
  "EMAIL_REQUIRED": "Enter your full email address, such as name@example.com.",
  "EMAIL_COLON": "An email address cannot contain a colon (:). Check what you typed.",
  "ENCODING_INVALID": "This field contains a character that cannot be sent, often half of an emoji. Type it again.",
  "EMAIL_INVALID": "The email or password is not right.",
  "PASSWORD_INVALID": "The email or password is not right.",
  "CREDENTIALS_INVALID": "The email or password is not right.",
  "PASSWORD_REQUIRED": "Enter your password.",
  "PASSWORD_NOT_SUPPORTED": "This account has no password yet. Ask support how to set one.",

  "OTP_REQUIRED": "Enter the code from your authenticator app.",
  "OTP_INVALID": "That code is not right, or was used before. Wait for a new code in your authenticator app and enter it.",
  "OTP_SPENT": "The code is used up, too: enter a new one.",
  "OTP_LABEL": "Code from your authenticator app",

  "SSO_REQUIRED": "This account signs in through its organization, not here.",
  "SSO_NOT_SUPPORTED": "This account signs in through its organization, not here. Ask your administrator how.",
  "SSO_LINK": "Sign in with your organization",

  "TOKEN_KIND_NOT_ALLOWED": "This page is for customers. A staff account cannot sign in here.",
  "HTTP_403": "This account is not allowed to sign in. Please ask support.",
  "USER_BANNED": "This account is not allowed to sign in. Please ask support.",
  "SIGNED_OUT": "You signed out before the sign-in was complete. Sign in again.",
  "STORAGE_UNAVAILABLE": "This browser keeps no data for this site, so that you would be signed out again on the next page. Allow cookies and site data for it, then sign in again.",

  "TOO_MANY_REQUESTS": "Too many attempts. Wait a moment before you try again.",
  "HTTP_429": "Too many attempts. Wait a moment before you try again.",
  "RETRY_AFTER": "Seconds until you can try again: {seconds}",
  "RETRY_NOW": "You can try again now.",

  "NETWORK_ERROR": "The sign-in service could not be reached. Check your connection and try again.",
  "SERVICE_UNAVAILABLE": "The sign-in service has a problem. Try again in a few minutes.",
  "TIMEOUT": "The sign-in service took too long to answer. Try again.",
  "BAD_RESPONSE": "The sign-in service did not answer as it should. On a guest network, open its own sign-in page first. Otherwise try again in a few minutes.",
  "SIGNATURE_INVALID": "Something else answered in place of the sign-in service. On a guest network, open its own sign-in page first. Otherwise try another network.",
  "INTERNAL_ERROR": "Something went wrong. Try again.",

  "DOWNLOAD_NOT_FOUND": "This file is not part of your license, or is not there any more.",
  "DOWNLOAD_SUSPENDED": "Your license is suspended. Please ask support.",

  "LOAD_FAILED": "Sign-in could not be loaded. Check your connection and try again.",
  "WASM_UNAVAILABLE": "Sign-in cannot run in this browser, because WebAssembly is missing or turned off. Please use another browser.",

  "CONFIG_INVALID": "Sign-in is not set up correctly on this page. Please tell the owner of this site."
}
`
