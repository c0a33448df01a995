from sdkgen.lint import lint
