// The viewer of the API. It validates nothing elsewhere, and sends the token of this page.

import { csrf } from "./site.js";

window.SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#swagger",
  validatorUrl: null,
  deepLinking: false,
  requestInterceptor: (request) => {
    request.headers["X-CSRF-Token"] = csrf;
    return request;
  },
});
