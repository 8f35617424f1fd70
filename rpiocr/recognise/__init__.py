"""From images to passes: OCR engines, and the scheduler that runs them in parallel."""
