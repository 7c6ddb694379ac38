/* Runs beside the page, so that typing goes on while the browser works. */
import "altcha/workers/pbkdf2";
