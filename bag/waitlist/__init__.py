"""Waiting for what somebody else holds: joining, offers in turn, and their mails."""
