// The viewer of the API. It validates nothing elsewhere, and sends the token of this page.

import { headers } from "./site.js";

window.SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#swagger",
  validatorUrl: null,
  deepLinking: false,
  requestInterceptor: (request) => {
    Object.assign(request.headers, { "X-CSRF-Token": headers["X-CSRF-Token"] });
    return request;
  },
});
