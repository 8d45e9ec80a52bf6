"""The terms of service and the privacy policy, and who has accepted which version."""
