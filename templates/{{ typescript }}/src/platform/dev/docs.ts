/** The contract as a page to read and to try; never loaded unless APP_ENV is dev. */

const ASSETS = "https://cdn.jsdelivr.net/npm/swagger-ui-dist@5";

/** Swagger UI, pointed at the contract that the service serves. */
export function page(title: string): string {
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="${ASSETS}/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="${ASSETS}/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: "/openapi.yaml", dom_id: "#swagger-ui" });</script>
</body>
</html>
`;
}
