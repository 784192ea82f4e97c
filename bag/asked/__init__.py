"""What sending a thing costs where no price says it: customers ask, and staff answer."""
